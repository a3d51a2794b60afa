import { createServer } from 'node:http';
import { freePort } from '../fixtures/free-port.ts';
import { expect, test } from './fixtures.ts';

/** Another program with a port of this machine, such as a development server. */
async function neighbour(page: string) {
  const port = await freePort();
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    response.setHeader('content-type', 'text/html');
    response.end(page);
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    url: `http://localhost:${String(port)}`,
    asked,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

test('[T15] [T16] in a page of ours text becomes no markup, no script runs but our own, nothing is fetched elsewhere', async ({
  bench,
}) => {
  const { page } = await bench.device('Laptop');
  await using elsewhere = await neighbour('');
  const outcome = await page.evaluate(async (foreign) => {
    const tried = async (act: () => unknown): Promise<string> => {
      try {
        await act();
        return 'allowed';
      } catch {
        return 'blocked';
      }
    };
    // While the debugger evaluates, its own code may evaluate too: what follows is asked in a task of the page's.
    await new Promise((resolve) => setTimeout(resolve));
    const inline = document.createElement('script');
    const ran = new Promise<string>((resolve) => {
      addEventListener('securitypolicyviolation', () => {
        resolve('blocked');
      });
      addEventListener('ran', () => {
        resolve('allowed');
      });
    });
    const image = (): Promise<unknown> =>
      new Promise((resolve, reject) => {
        const element = new Image();
        element.onload = resolve;
        element.onerror = reject;
        element.src = `${foreign}/?secret`;
      });
    return {
      markup: await tried(() => {
        document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=alert(1)>');
      }),
      worker: await tried(() => new Worker(`${foreign}/worker.js`)),
      evaluated: await tried(() => Reflect.construct(Function, ['return 1'])),
      fetched: await tried(() => fetch(`${foreign}/?secret`, { mode: 'no-cors' })),
      image: await tried(image),
      inline: await (async () => {
        inline.append('dispatchEvent(new Event("ran"))');
        document.body.append(inline);
        return await ran;
      })(),
      cookie: document.cookie,
    };
  }, elsewhere.url);
  expect(outcome).toEqual({
    markup: 'blocked',
    worker: 'blocked',
    evaluated: 'blocked',
    fetched: 'blocked',
    image: 'blocked',
    inline: 'blocked',
    cookie: '',
  });
  expect(elsewhere.asked).toEqual([]);
});

test('[T03] [T04] [T17] a page on another port of this machine can neither embed, ask, nor listen', async ({
  bench,
}) => {
  const { context } = await bench.device('Laptop');
  const { url } = bench.serving();
  await using other = await neighbour(
    `<!doctype html><title>Neighbour</title><iframe src="${url}/"></iframe>`,
  );
  const page = await context.newPage();
  await page.goto(other.url);
  await expect(page).toHaveTitle('Neighbour');
  const outcome = await page.evaluate(async (bridge) => {
    const answerOf = async (path: string, init: RequestInit): Promise<string> => {
      try {
        return String((await fetch(`${bridge}${path}`, init)).status);
      } catch {
        return 'unreadable';
      }
    };
    return {
      read: await answerOf('/api/me', { credentials: 'include' }),
      form: await answerOf('/api/commands', {
        method: 'POST',
        credentials: 'include',
        body: '{}',
      }),
      embedded: await answerOf('/', { mode: 'no-cors' }),
      socket: await new Promise<string>((resolve) => {
        const socket = new WebSocket(`${bridge.replace('http', 'ws')}/sync/tasks`);
        socket.onmessage = () => {
          resolve('listens');
        };
        socket.onclose = () => {
          resolve('refused');
        };
      }),
    };
  }, url);
  expect(outcome).toEqual({
    read: 'unreadable',
    form: 'unreadable',
    embedded: 'unreadable',
    socket: 'refused',
  });
  const frame = page.frames().find((other) => other !== page.mainFrame());
  expect(frame?.url()).not.toContain(url);
});
