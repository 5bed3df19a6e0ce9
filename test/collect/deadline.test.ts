import { setTimeout as sleep } from 'node:timers/promises';
import { startDeadline } from '../../src/collect/deadline';

const run = new AbortController();

test('time runs out, but not while a turn is waited for', async () => {
  const deadline = startDeadline(150, run.signal);
  await deadline.queued(sleep(400));
  expect(deadline.signal.aborted).toBe(false);
  await sleep(400);
  expect(deadline.signal.aborted).toBe(true);
});

test('waits side by side stop the clock until the last of them is over', async () => {
  const deadline = startDeadline(150, run.signal);
  const long = deadline.queued(sleep(500));
  await deadline.queued(sleep(10));
  await sleep(300);
  expect(deadline.signal.aborted).toBe(false);
  await long;
  deadline.end();
});

test('a turn that fails starts the clock again', async () => {
  const deadline = startDeadline(100, run.signal);
  await expect(deadline.queued(Promise.reject(new Error('lost')))).rejects.toThrow('lost');
  await sleep(300);
  expect(deadline.signal.aborted).toBe(true);
});

test('a task that has ended is not cut off afterwards, and one without a limit never', async () => {
  const ended = startDeadline(20, run.signal);
  const endless = startDeadline(null, run.signal);
  ended.end();
  await sleep(80);
  expect([ended.signal.aborted, endless.signal.aborted]).toEqual([false, false]);
});

test('the end of the run ends the task, waiting or not', async () => {
  const own = new AbortController();
  const deadline = startDeadline(10_000, own.signal);
  const waiting = deadline.queued(sleep(5, 'done'));
  own.abort();
  expect(deadline.signal.aborted).toBe(true);
  await waiting;
  deadline.end();
});
