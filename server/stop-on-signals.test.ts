import { beforeEach, describe, expect, test } from 'vitest';
import { limits } from '#lib/domain/limits.ts';
import { ManualTime } from '../tests/fixtures/manual-time.ts';
import { silentLog } from '../tests/fixtures/silent-log.ts';
import { stopOnSignals, type EndingProcess } from './stop-on-signals.ts';

let time: ManualTime;
let exits: number[];
let send: (signal: NodeJS.Signals) => void;
let process: EndingProcess;

beforeEach(() => {
  time = new ManualTime();
  exits = [];
  const listeners = new Map<NodeJS.Signals, (signal: NodeJS.Signals) => void>();
  process = {
    on: (signal, listener) => listeners.set(signal, listener),
    exit: (code) => void exits.push(code),
  };
  send = (signal) => listeners.get(signal)?.(signal);
});

describe('signals', () => {
  test('the first stops everything and ends with 0', async () => {
    const stopped = Promise.withResolvers<null>();
    stopOnSignals(
      Promise.resolve(async () => {
        await stopped.promise;
      }),
      time,
      silentLog,
      process,
    );
    send('SIGTERM');
    await Promise.resolve();
    expect(exits).toEqual([]);
    stopped.resolve(null);
    await new Promise((resolve) => setImmediate(resolve));
    expect(exits).toEqual([0]);
  });

  test('a second one ends at once', () => {
    stopOnSignals(new Promise(() => undefined), time, silentLog, process);
    send('SIGINT');
    send('SIGINT');
    expect(exits).toEqual([130]);
  });

  test('[R9] what does not stop in five seconds is left behind, and not before', () => {
    stopOnSignals(new Promise(() => undefined), time, silentLog, process);
    send('SIGHUP');
    time.advance(limits.stopMsMax - 1);
    expect(exits).toEqual([]);
    time.advance(1);
    expect(exits).toEqual([0]);
  });

  test('that something could not be stopped does not keep the process', async () => {
    stopOnSignals(Promise.reject(new Error('never started')), time, silentLog, process);
    send('SIGTERM');
    await new Promise((resolve) => setImmediate(resolve));
    expect(exits).toEqual([0]);
  });
});
