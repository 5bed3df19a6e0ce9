import type { CollectContext } from '../collector';
import type { Vantage } from '../../model/evidence';
import { openTcp } from '../../protocol/tcp/connect';
import { destinationOf } from '../destination';
import { vantageOf } from './vantage';

/** Another port of the same address that accepted a connection, and where that connection showed us to stand. */
export interface Control {
  readonly port: number;
  readonly vantage: Vantage;
}

/** Finds a control for a port; remembers every port it tried, so that an address is asked once a run. */
export type FindControl = (
  context: CollectContext,
  address: string,
  except: number,
) => Promise<Control | null>;

/** Connections that finding a control opens at most. */
export const controlConnections = 3;

/**
 * `candidates`: address → dialled ports that should be open, best first. The same promise serves every subject of the
 * address; an attempt that its subject's deadline ended is forgotten again.
 */
export function makeFindControl(candidates: ReadonlyMap<string, readonly number[]>): FindControl {
  const tried = new Map<string, Promise<Control | null>>();
  return async (context, address, except) => {
    const ports = (candidates.get(address) ?? [])
      .filter((port) => port !== except)
      .slice(0, controlConnections);
    for (const port of ports) {
      const key = `${address} ${port}`;
      const attempt = tried.get(key) ?? tryPort(context, address, port);
      tried.set(key, attempt);
      const control = await attempt;
      if (context.signal.aborted && control === null) tried.delete(key);
      if (control) return control;
    }
    return null;
  };
}

async function tryPort(context: CollectContext, address: string, port: number): Promise<Control | null> {
  const opened = await openTcp(destinationOf({ address, port }, context));
  if (!opened.ok) return null;
  const vantage = vantageOf(opened.value.localAddress, opened.value.remoteAddress);
  opened.value.destroy();
  return { port, vantage };
}
