import type { DefaultCredential, DefaultPair } from '../../model/default-credential';

/** Evidence types of this collector, one for each rule that needs it. */
export const defaultTypes = [
  'default.manager',
  'default.broker',
  'default.database',
  'default.monitoring',
] as const;
export type DefaultType = (typeof defaultTypes)[number];

/** A documented default pair. Public constants, and kept out of evidence all the same. */
export interface Pair {
  readonly type: DefaultType;
  readonly id: DefaultPair;
  readonly username: string;
  readonly password: string;
}

/** The defaults of Cloudify 7.1 (config.yaml) and of RabbitMQ, by the service that would take them. */
export const pairs: Readonly<Record<DefaultCredential['service'], readonly [Pair, ...Pair[]]>> = {
  rest: [{ type: 'default.manager', id: 'manager-initial', username: 'admin', password: 'admin' }],
  amqp: brokerPairs(),
  'amqp-management': brokerPairs(),
  monitoring: [
    ...withoutToo({
      type: 'default.monitoring',
      id: 'monitoring-service',
      username: 'monitoring_user',
      password: 'm0n1torify',
    }),
  ],
  postgresql: [
    ...withoutToo({
      type: 'default.database',
      id: 'database-service',
      username: 'cloudify',
      password: 'cloudify',
    }),
    ...withoutToo({
      type: 'default.monitoring',
      id: 'database-monitoring',
      username: 'cloudify_db_monitoring',
      password: 'c10udify_db_monitoring',
    }),
  ],
};

function brokerPairs(): readonly [Pair, ...Pair[]] {
  return [
    ...withoutToo({
      type: 'default.broker',
      id: 'broker-service',
      username: 'cloudify',
      password: 'c10udify',
    }),
    ...withoutToo({ type: 'default.broker', id: 'broker-factory', username: 'guest', password: 'guest' }),
  ];
}

/** The account with its documented password, and with none: what scripts leave behind that read it from an unset variable. */
function withoutToo(
  pair: Pair & { readonly id: Exclude<DefaultPair, 'manager-initial' | `${string}-empty`> },
): readonly [Pair, Pair] {
  return [pair, { ...pair, id: `${pair.id}-empty`, password: '' }];
}
