import { known, unknown, type Inventory, type Part } from './inventory';
import {
  readBrokers,
  readCaCertificates,
  readDatabases,
  readManagers,
  readPort,
  readSelf,
  readTenants,
  readTotal,
  readVersion,
  ShapeError,
} from './read-parts';
import { openSession, type InventoryQuestion, type Session } from './session';

/**
 * Asks a manager, as an administrator, what its deployment is made of. Reads only; at most a dozen requests, below the
 * manager's request limit. Never rejects for what the manager does: each part is known, or unknown with its reason.
 */
export async function askInventory(question: InventoryQuestion): Promise<Inventory> {
  const session = openSession(question);
  try {
    const version = read(await session.get('/version'), readVersion);
    const self = read(await session.get('/user'), readSelf);
    const managers = await session.get('/managers');
    const brokers = await session.get('/brokers');
    const databases = await session.get('/db-nodes');
    const tenants = await askTenants(session);
    const rest = read(await session.get('/config?scope=rest'), (body) =>
      readPort(body, 'default_agent_port'),
    );
    const agent = read(await session.get('/config?scope=agent'), (body) => readPort(body, 'broker_port'));
    const certificates = [managers, brokers].flatMap((part) => {
      const found = read(part, readCaCertificates);
      return found.state === 'known' ? found.value : [];
    });
    return {
      asked: { host: question.host, port: question.port },
      trust: question.trust === 'insecure' ? 'unverified' : 'verified',
      version,
      self,
      managers: read(managers, readManagers),
      brokers: read(brokers, readBrokers),
      databases: read(databases, readDatabases),
      tenants,
      ports: joinPorts(rest, agent),
      caCertificates: [...new Set(certificates)],
    };
  } finally {
    session.close();
  }
}

/** Tenants come in pages of at most `default_page_size` (1000 in Cloudify 7.1). */
async function askTenants(session: Session): Promise<Part<readonly string[]>> {
  const names: string[] = [];
  for (let page = 0; page < maxTenantPages; page++) {
    const answer = await session.get(`/tenants?_include=name&_size=1000&_offset=${names.length}`);
    const part = read(answer, (body) => ({ names: readTenants(body), total: readTotal(body) }));
    if (part.state === 'unknown') return part;
    names.push(...part.value.names);
    if (part.value.names.length === 0 || names.length >= (part.value.total ?? 0)) return known(names);
  }
  return unknown(`there are more than ${maxTenantPages} pages of tenants`);
}

const maxTenantPages = 5;

function read<T>(part: Part<unknown>, reader: (body: unknown) => T): Part<T> {
  if (part.state === 'unknown') return part;
  try {
    return known(reader(part.value));
  } catch (error) {
    if (error instanceof ShapeError) return unknown(`not as a manager answers: ${error.message}`);
    throw error;
  }
}

function joinPorts(internal: Part<number | null>, amqps: Part<number | null>): Inventory['ports'] {
  if (internal.state === 'unknown') return internal;
  if (amqps.state === 'unknown') return amqps;
  return known({ internal: internal.value, amqps: amqps.value });
}
