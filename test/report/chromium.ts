import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';

/** Debian's Chromium, where it is installed. */
export const chromiumPath: string | null =
  ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find((path) => existsSync(path)) ?? null;

/** A tab. `evaluate` runs an expression in the page and gives its value back. */
export interface Tab {
  send(
    method: string,
    params?: Readonly<Record<string, unknown>>,
  ): Promise<Readonly<Record<string, unknown>>>;
  evaluate(expression: string): Promise<unknown>;
  /** Goes to an address and waits for its load event. */
  open(url: string): Promise<void>;
}

export interface Browser {
  tab(): Promise<Tab>;
  close(): Promise<void>;
}

interface Answer {
  readonly id?: number;
  readonly method?: string;
  readonly sessionId?: string;
  readonly result?: Readonly<Record<string, unknown>>;
  readonly error?: { readonly message: string };
}

const flags = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-dev-shm-usage',
  '--remote-debugging-pipe',
];

/** Starts Chromium with an empty profile and speaks the DevTools protocol over a pipe: no port, no network. */
export function startChromium(path: string): Browser {
  const profile = mkdtempSync(join(tmpdir(), 'cfy-audit-chromium-'));
  const child = spawn(path, [...flags, `--user-data-dir=${profile}`, 'about:blank'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const wire = connect(child);
  return {
    tab: async () => {
      const { targetId } = await wire.send('Target.createTarget', { url: 'about:blank' });
      const { sessionId } = await wire.send('Target.attachToTarget', { targetId, flatten: true });
      return tabOf(wire, String(sessionId));
    },
    close: async () => {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      await wire.send('Browser.close').catch(() => null);
      const stop = setTimeout(() => {
        killGroup(child);
      }, 5000);
      if (child.exitCode === null && child.signalCode === null) await ended;
      clearTimeout(stop);
      killGroup(child);
      rmSync(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    },
  };
}

interface Wire {
  send(
    method: string,
    params?: Readonly<Record<string, unknown>>,
    sessionId?: string,
  ): Promise<Readonly<Record<string, unknown>>>;
  once(method: string, sessionId: string): Promise<void>;
}

function connect(child: ChildProcess): Wire {
  const [, , , input, output] = child.stdio as [null, null, null, Writable, Readable];
  const waiting = new Map<number, { resolve: (answer: Answer) => void; reject: (error: Error) => void }>();
  const events = new Map<string, (() => void)[]>();
  let rest = '';
  let next = 0;
  const fail = (): void => {
    for (const { reject } of waiting.values()) reject(new Error('Chromium ended'));
    waiting.clear();
  };
  child.once('exit', fail);
  child.once('error', fail);
  input.on('error', fail);
  output.setEncoding('utf8').on('data', (chunk: string) => {
    const messages = (rest + chunk).split('\0');
    rest = messages.pop() ?? '';
    for (const message of messages) {
      const answer = JSON.parse(message) as Answer;
      if (answer.id !== undefined) {
        waiting.get(answer.id)?.resolve(answer);
        waiting.delete(answer.id);
      } else {
        const key = `${answer.sessionId ?? ''} ${answer.method ?? ''}`;
        for (const resolve of events.get(key) ?? []) resolve();
        events.delete(key);
      }
    }
  });
  return {
    send: async (method, params = {}, sessionId) => {
      const id = ++next;
      const answer = await new Promise<Answer>((resolve, reject) => {
        waiting.set(id, { resolve, reject });
        input.write(
          `${JSON.stringify({ id, method, params, ...(sessionId === undefined ? {} : { sessionId }) })}\0`,
        );
      });
      if (answer.error) throw new Error(`${method}: ${answer.error.message}`);
      return answer.result ?? {};
    },
    once: (method, sessionId) =>
      new Promise((resolve) => {
        const key = `${sessionId} ${method}`;
        events.set(key, [...(events.get(key) ?? []), resolve]);
      }),
  };
}

function tabOf(wire: Wire, sessionId: string): Tab {
  const send: Tab['send'] = (method, params) => wire.send(method, params, sessionId);
  return {
    send,
    evaluate: async (expression) => {
      const { result, exceptionDetails } = await send('Runtime.evaluate', {
        expression,
        awaitPromise: true,
        returnByValue: true,
      });
      if (exceptionDetails !== undefined) throw new Error(JSON.stringify(exceptionDetails));
      return (result as { readonly value?: unknown }).value;
    },
    open: async (url) => {
      await send('Page.enable');
      const loaded = wire.once('Page.loadEventFired', sessionId);
      await send('Page.navigate', { url });
      await loaded;
    },
  };
}

/** Ends the process group that this file started, children included. */
function killGroup({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended already.
  }
}
