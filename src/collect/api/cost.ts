import type { Manager, Target } from '../../model/target';
import type { Task } from '../collector';

/** What a task promises to send at most. A subject may take its time at the pace of all: the deadline is for answers. */
export function costOf(
  requests: number,
  { manager, target: { limits } }: { readonly manager: Manager; readonly target: Target },
): Pick<Task, 'address' | 'requests' | 'connections' | 'paced' | 'deadlineMs'> {
  return {
    address: manager.resolved[0] ?? manager.address,
    requests,
    // A server may end a kept connection after any answer, and each request then opens its own.
    connections: requests,
    paced: requests,
    deadlineMs: limits.subjectTimeoutMs + requests * limits.connectTimeoutMs,
  };
}

/**
 * The time for answers of a task that asks one after the other. A busy manager takes its time for each, however fast it
 * may be asked: without a limit of the pace too, or all that was seen would be lost with the deadline.
 */
export function patienceFor(requests: number, { limits }: Target): number {
  return limits.subjectTimeoutMs + Math.ceil(requests * Math.max(4000 / limits.requestsPerSecond, 1000));
}

/** How often something is asked that is asked anew each minute, while so many requests wait for the same pace. */
export function minutesOf(requests: number, { limits }: Target): number {
  return Math.max(1, Math.ceil(requests / limits.requestsPerSecond / 60));
}

/**
 * How many requests may be sent again, because the answer was about the moment: few enough for a plan to be kept within
 * five in a hundred, and enough for a hiccup in a short run.
 */
export function spareOf(requests: number): number {
  return Math.ceil(0.01 * requests) + 1;
}
