import type { Vantage } from './evidence';

/** What a documented port is for (Cloudify 7.1); `exposure` is who may reach it according to the documentation. */
export interface DocumentedPort {
  readonly port: number;
  readonly service: string;
  readonly role: 'manager' | 'broker' | 'database';
  readonly exposure: 'users' | 'agents' | 'nodes' | 'loopback' | 'closed';
  /** What the documentation promises on the wire. */
  readonly transport: 'tls' | 'clear' | 'either';
}

/** `network.listener`: what answers on one documented port, from where we stand. */
export interface NetworkListener extends DocumentedPort {
  readonly node: string;
  readonly address: string;
  /** The port that was dialled; differs from `port` where the target maps it (NAT, forwards). */
  readonly dialled: number;
  readonly vantage: Vantage;
  /** closed: refused with RST. filtered: no answer, or an ICMP refusal, within the deadline. */
  readonly state: 'open' | 'closed' | 'filtered';
  /**
   * What it speaks when open: `tls` a ServerHello or alert came back; `clear` it answered a clear-text request of
   * its protocol; `silent` it accepted and said nothing we know; null when not open.
   */
  readonly speaks: 'tls' | 'clear' | 'tls-and-clear' | 'silent' | null;
  /** Which clear-text protocol answered: http, amqp, postgresql, epmd, …; null when none. */
  readonly clearProtocol: string | null;
  /** HTTP status of the clear-text answer to GET /, where one was given. */
  readonly httpStatus: number | null;
  /** Control: the same address, the same minute. A refusal only counts if something there did answer. */
  readonly control: { readonly reachable: boolean; readonly port: number | null };
}
