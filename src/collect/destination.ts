import type { Destination } from '../protocol/tcp/connect';
import type { CollectContext } from './collector';

/** Where the protocols of `protocol/` connect to: at the pace of the run, counted, within its time for connecting. */
export function destinationOf(
  { address, port }: Pick<Destination, 'address' | 'port'>,
  context: CollectContext,
): Destination {
  return {
    address,
    port,
    timeoutMs: context.connectTimeoutMs,
    signal: context.signal,
    before: async () => {
      await context.pace(address);
      context.countConnection();
    },
  };
}
