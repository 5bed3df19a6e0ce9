/** A pair of user name and password that the documentation of Cloudify names, by what it is for. */
export type DefaultPair =
  | 'manager-initial' // the administrator's, as the installer sets it unless told otherwise
  | 'broker-service' // the manager's own account on RabbitMQ
  | 'broker-factory' // the account RabbitMQ itself comes with
  | 'monitoring-service' // nginx in front of metrics and logs (8009)
  | 'database-service' // the manager's own account on PostgreSQL
  | 'database-monitoring'
  // The same accounts without a password; never the administrator's, whose failed log-ins are counted.
  | 'broker-service-empty'
  | 'broker-factory-empty'
  | 'monitoring-service-empty'
  | 'database-service-empty'
  | 'database-monitoring-empty';

/**
 * `default.manager`, `default.broker`, `default.database`, `default.monitoring`: one documented default pair, tried at
 * most once on one listener. Four types, so that a listener that cannot be asked leaves only its own rule undecided.
 */
export interface DefaultCredential {
  readonly node: string;
  readonly service: 'rest' | 'amqp' | 'amqp-management' | 'monitoring' | 'postgresql';
  readonly address: string;
  readonly port: number;
  readonly pair: DefaultPair;
  readonly answer: 'accepted' | 'refused';
  /**
   * What makes the answer certain. `log-in`: the service let us in; `own-refusal`: it refused the password in its own
   * words and its protocol's code; `other-password`: the account has another password, which the target declares and
   * which was accepted.
   */
  readonly proof: 'log-in' | 'own-refusal' | 'other-password';
  /** How the password was asked for; `none`: the service let us in without asking. */
  readonly method: 'basic' | 'plain' | 'none' | 'clear' | 'md5' | 'scram-sha-256';
  /** HTTP status, AMQP reply code or SQLSTATE of the answer; null where the protocol has none. */
  readonly code: string | null;
  /** Whether the log-in went over TLS. */
  readonly encrypted: boolean;
}
