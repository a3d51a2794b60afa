import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';

const types: Readonly<Record<string, string>> = {
  '.css': 'text/css',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.webmanifest': 'application/manifest+json',
  '.woff2': 'font/woff2',
};

export interface FileServer {
  readonly origin: string;
  close(): Promise<void>;
}

/** Serves a built app from a folder, its one page at every address that is no file. */
export async function serveFiles(folder: string): Promise<FileServer> {
  const server = createServer((request, response) => {
    void answer(new URL(request.url ?? '/', 'http://localhost').pathname).then(
      ({ type, bytes }) => {
        response.setHeader('content-type', type);
        response.end(bytes);
      },
    );
  });
  const answer = async (path: string): Promise<{ type: string; bytes: Uint8Array }> => {
    const type = types[extname(path)];
    const file = type === undefined ? '/index.html' : normalize(path);
    try {
      return {
        type: type ?? 'text/html; charset=utf-8',
        bytes: await readFile(join(folder, file)),
      };
    } catch {
      return { type: 'text/plain', bytes: new Uint8Array() };
    }
  };
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://localhost:${String(port)}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}
