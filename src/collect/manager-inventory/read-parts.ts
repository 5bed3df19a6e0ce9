import type { BrokerFound, DatabaseFound, Inventory, ManagerFound } from './inventory';

/** An answer that does not have the shape that Cloudify 7.1 gives it; `message` names the field, never its value. */
export class ShapeError extends Error {}

type Fields = Readonly<Record<string, unknown>>;

// Field names: columns of Manager, RabbitMQBroker and DBNodes, Config rows and user details of the Cloudify 7.1 REST
// service. Only what is named here is read, so a broker's `password` never gets beyond this file's argument.

export function readManagers(body: unknown): readonly ManagerFound[] {
  return itemsOf(body).map((item) => ({
    hostname: host(item, 'hostname'),
    privateIp: host(item, 'private_ip'),
    publicIp: optional(item, 'public_ip', host),
    networks: networks(item),
  }));
}

export function readBrokers(body: unknown): readonly BrokerFound[] {
  return itemsOf(body).map((item) => ({
    name: host(item, 'name'),
    host: host(item, 'host'),
    managementHost: optional(item, 'management_host', host),
    port: optional(item, 'port', portNumber),
    networks: networks(item),
    isExternal: item.is_external === true,
  }));
}

export function readDatabases(body: unknown): readonly DatabaseFound[] {
  return itemsOf(body).map((item) => ({
    name: host(item, 'name'),
    host: host(item, 'host'),
    isExternal: item.is_external === true,
  }));
}

export function readTenants(body: unknown): readonly string[] {
  return itemsOf(body).map((item) => text(item, 'name'));
}

/** `metadata.pagination.total`; null when the answer has none. */
export function readTotal(body: unknown): number | null {
  const { pagination } = fieldsOf(fieldsOf(body, 'the answer').metadata ?? {}, 'metadata');
  const total = (pagination as { total?: unknown } | undefined)?.total;
  return typeof total === 'number' ? total : null;
}

export function readVersion(body: unknown): { readonly version: string; readonly edition: string | null } {
  const fields = fieldsOf(body, 'the answer');
  return { version: text(fields, 'version'), edition: optional(fields, 'edition', text) };
}

export function readSelf(body: unknown): { readonly username: string; readonly systemRole: string | null } {
  const fields = fieldsOf(body, 'the answer');
  return { username: text(fields, 'username'), systemRole: optional(fields, 'role', text) };
}

/** The value of a configuration row that holds a port; null when there is no such row. */
export function readPort(body: unknown, name: string): number | null {
  const row = itemsOf(body).find((item) => item.name === name);
  return row === undefined ? null : optional(row, 'value', portNumber);
}

/** The certificates in `ca_cert_content`, one PEM block each. Anything else that may stand there is left behind. */
export function readCaCertificates(body: unknown): Inventory['caCertificates'] {
  return itemsOf(body).flatMap(({ ca_cert_content: pem }) =>
    typeof pem === 'string' && pem.length < 1_000_000 ? (pem.match(certificateBlock) ?? []) : [],
  );
}

const certificateBlock = /-----BEGIN CERTIFICATE-----\s[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g;

function itemsOf(body: unknown): readonly Fields[] {
  const { items } = fieldsOf(body, 'the answer');
  if (!Array.isArray(items)) throw new ShapeError('the answer has no list of items');
  return items.map((item) => fieldsOf(item, 'an item'));
}

function fieldsOf(value: unknown, what: string): Fields {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    throw new ShapeError(`${what} is not an object`);
  }
  return value as Fields;
}

function optional<T>(fields: Fields, name: string, read: (fields: Fields, name: string) => T): T | null {
  return fields[name] === null || fields[name] === undefined || fields[name] === ''
    ? null
    : read(fields, name);
}

function text(fields: Fields, name: string): string {
  const value = fields[name];
  if (typeof value !== 'string' || value === '' || value.length > 255 || /\p{C}/u.test(value)) {
    throw new ShapeError(`its ${name} is not a line of text`);
  }
  return value;
}

function host(fields: Fields, name: string): string {
  const value = text(fields, name);
  if (!/^[\w.:%-]+$/.test(value)) throw new ShapeError(`its ${name} is neither a name nor an address`);
  return value;
}

function portNumber(fields: Fields, name: string): number {
  const value = Number(fields[name]);
  if (!Number.isInteger(value) || value < 1 || value > 65535) throw new ShapeError(`its ${name} is no port`);
  return value;
}

function networks(fields: Fields): Readonly<Record<string, string>> {
  if (fields.networks === null || fields.networks === undefined) return {};
  const entries = fieldsOf(fields.networks, 'its networks');
  return Object.fromEntries(
    Object.keys(entries).map((name) => {
      if (name.length > 255 || /\p{C}/u.test(name)) throw new ShapeError('its networks have an odd name');
      return [name, host(entries, name)];
    }),
  );
}
