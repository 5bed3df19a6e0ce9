/** Something the manager was asked for: what it said, or why nothing is known. */
export type Part<T> =
  { readonly state: 'known'; readonly value: T } | { readonly state: 'unknown'; readonly reason: string };

/** What a manager tells an administrator about its deployment. Holds no credential, also none that the manager told. */
export interface Inventory {
  /** Host and port that were asked. */
  readonly asked: { readonly host: string; readonly port: number };
  /** How the answers were secured; `unverified` when the caller insisted. */
  readonly trust: 'verified' | 'unverified';
  readonly version: Part<{ readonly version: string; readonly edition: string | null }>;
  /** The account that asked. */
  readonly self: Part<{ readonly username: string; readonly systemRole: string | null }>;
  readonly managers: Part<readonly ManagerFound[]>;
  readonly brokers: Part<readonly BrokerFound[]>;
  readonly databases: Part<readonly DatabaseFound[]>;
  readonly tenants: Part<readonly string[]>;
  readonly ports: Part<{
    /** `default_agent_port`: REST for agents. */
    readonly internal: number | null;
    /** `broker_port`: AMQPS for agents. */
    readonly amqps: number | null;
  }>;
  /** CA certificates (PEM, without repeats) that managers and brokers say they are to be verified with. */
  readonly caCertificates: readonly string[];
}

export interface ManagerFound {
  readonly hostname: string;
  readonly privateIp: string;
  readonly publicIp: string | null;
  readonly networks: Readonly<Record<string, string>>;
}

export interface BrokerFound {
  readonly name: string;
  readonly host: string;
  readonly managementHost: string | null;
  readonly port: number | null;
  readonly networks: Readonly<Record<string, string>>;
  readonly isExternal: boolean;
}

export interface DatabaseFound {
  readonly name: string;
  readonly host: string;
  readonly isExternal: boolean;
}

export function known<T>(value: T): Part<T> {
  return { state: 'known', value };
}

export function unknown(reason: string): { readonly state: 'unknown'; readonly reason: string } {
  return { state: 'unknown', reason };
}
