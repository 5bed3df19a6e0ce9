import type { Visibility } from '../../../model/canaries';
import type { LedgerEntry, WritePurpose, WrittenKind } from '../../../model/canary-ledger';
import type { HeaderList, HttpResult } from '../../../protocol/http';
import type { CollectContext } from '../../collector';
import { credentialHeaders } from '../credentials';
import type { ApiSession } from '../session';
import { bodyOf, find } from './find';
import type { Journal, JournalCreate } from './journal';
import type { Person } from './people';
import type { WriteForm } from './recipes';

/** One thing that was journaled, and what is known of it. */
export interface Entry {
  readonly create: JournalCreate;
  readonly person: Person;
  created: LedgerEntry['created'];
  /** Identifier that the manager chose. */
  serverId: string | null;
  /** null: nobody has looked yet. */
  end: LedgerEntry['end'] | null;
  reason: string | null;
  /** Tenants in which it was looked for, and is not. */
  readonly absentIn: Set<string>;
  /** Of an earlier run: somebody may have removed it since. */
  readonly isOld?: true;
  /** Somebody was shown it. */
  seen: boolean;
  /** Tenant in which it lies though it was not meant for it; null: none is known. */
  elsewhere: string | null;
}

/** What is to be created, as whom, and where it may come to lie. */
export interface Order {
  readonly kind: WrittenKind;
  readonly id: string;
  readonly mayLieIn: readonly string[];
  readonly visibility: Visibility | null;
  readonly purpose: WritePurpose;
  readonly person: Person;
  /** Values of the Tenant header. */
  readonly tenants: readonly string[];
  readonly form: WriteForm;
  /** API version; left out, the newest. */
  readonly version?: string;
  /** What an answer says, where its status does not. */
  readonly judge?: (result: HttpResult) => LedgerEntry['created'];
}

export interface SendOptions {
  /** Of the task that asks; left out, the writer's own. */
  readonly context?: CollectContext;
  /** API version; left out, the newest. */
  readonly version?: string;
  /** It creates something. */
  readonly creates?: true;
}

/** Writes to one manager, each creation only after the journal holds it. */
export interface CanaryWriter {
  readonly session: ApiSession;
  /** Every name begins so. */
  readonly prefix: string;
  readonly journal: Journal;
  readonly entries: readonly Entry[];
  /** Every tenant that is known of: where something could lie that is not where it should. */
  readonly tenants: readonly string[];
  /** A name that nothing has. */
  readonly name: (kind: WrittenKind) => string;
  /** Journals, then sends; null: not sent, because the journal cannot be written or the run is being tidied up. */
  readonly create: (order: Order) => Promise<{ readonly entry: Entry; readonly result: HttpResult } | null>;
  /** Sends what creates nothing. */
  readonly send: (
    person: Person,
    tenants: readonly string[],
    form: WriteForm,
    options?: SendOptions,
  ) => Promise<HttpResult>;
  readonly now: () => Date;
  /** Why nothing more is created; null: it is. */
  readonly closed: string | null;
  /** Nothing is created any more once this resolves. */
  readonly close: (reason: string) => Promise<void>;
}

export interface WriterOptions {
  readonly session: ApiSession;
  readonly journal: Journal;
  readonly prefix: string;
  readonly tenants: readonly string[];
  /** Of the writer itself: not interrupted with the run, so that no answer to a creation is missed. */
  readonly context: CollectContext;
  /** Letters and digits by chance. */
  readonly random: (length: number) => string;
}

const newest = 'v3.1';

export function openWriter({
  session,
  journal,
  prefix,
  tenants: known,
  context,
  random,
}: WriterOptions): CanaryWriter {
  const entries: Entry[] = [];
  const pending = new Set<Promise<unknown>>();
  let closed: string | null = null;

  const send: CanaryWriter['send'] = (person, tenants, form, options = {}) => {
    const { method, path, body } = form;
    const headers: HeaderList = [
      ...credentialHeaders(person.credential),
      ...tenants.map((tenant) => ['Tenant', tenant] as const),
    ];
    return session.ask(
      {
        method,
        path: `/api/${options.version ?? newest}${path}`,
        headers,
        secret: true,
        ...(options.creates === true ? { unrepeatable: true } : {}),
        ...(body === undefined ? {} : { body }),
      },
      options.context ?? context,
    );
  };

  const createOne = async (order: Order): ReturnType<CanaryWriter['create']> => {
    const { kind, id, mayLieIn, visibility, purpose, person, tenants, form, version } = order;
    const create: JournalCreate = {
      event: 'create',
      entry: entries.length + 1,
      at: context.now().toISOString(),
      kind,
      id,
      tenant: mayLieIn[0] ?? null,
      mayLieIn,
      visibility,
      by: person.username,
      as: person.name,
      purpose,
    };
    if (!write(create)) return null;
    const entry: Entry = {
      create,
      person,
      created: 'unanswered',
      serverId: null,
      end: null,
      reason: null,
      absentIn: new Set(),
      seen: false,
      elsewhere: null,
    };
    entries.push(entry);
    const options = { creates: true, ...(version === undefined ? {} : { version }) } as const;
    let result = await send(person, tenants, form, options);
    // A kept connection that the server had closed: the journal knows of it, so it may be sent once more if it is not there.
    if (result.kind === 'failure' && (result.code === 'closed' || result.code === 'reset')) {
      const found = await find(self, entry, mayLieIn[0] ?? null, person);
      if (found.state === 'absent') result = await send(person, tenants, form, options);
    }
    const { status } = result;
    entry.created = order.judge?.(result) ?? createdBy(status);
    entry.serverId = kind === 'token' ? serverIdOf(result) : null;
    const lies = bodyOf(result)?.tenant_name;
    if (
      entry.created === 'created' &&
      typeof lies === 'string' &&
      !mayLieIn.includes(lies) &&
      mayLieIn.length > 0
    ) {
      entry.elsewhere = lies;
      write({ event: 'elsewhere', entry: create.entry, tenant: lies });
    }
    write({
      event: 'answered',
      entry: create.entry,
      status,
      ...(entry.serverId === null ? {} : { serverId: entry.serverId }),
    });
    return { entry, result };
  };

  /** False: the line is not on the disk, and nothing may be created any more. */
  function write(line: Parameters<Journal['write']>[0]): boolean {
    try {
      journal.write(line);
      return true;
    } catch (error) {
      closed ??= `the journal cannot be written: ${error instanceof Error ? error.message : String(error)}`;
      return false;
    }
  }

  const self: CanaryWriter = {
    session,
    prefix,
    journal: { name: journal.name, write: (line) => void write(line) },
    entries,
    tenants: known,
    name: (kind) => `${prefix}-${shortNames[kind]}-${random(8)}`,
    create: (order) => {
      if (closed !== null) return Promise.resolve(null);
      const creating = createOne(order);
      pending.add(creating);
      return creating.finally(() => pending.delete(creating));
    },
    send,
    now: () => context.now(),
    get closed() {
      return closed;
    },
    close: async (reason) => {
      closed ??= reason;
      await Promise.allSettled([...pending]);
    },
  };
  return self;
}

/** What a status says of a creation. A conflict is no refusal: something of that name is there. null: no answer came. */
export function createdBy(status: number | null): LedgerEntry['created'] {
  if (status === null) return 'unanswered';
  if (status >= 200 && status < 300) return 'created';
  const tells = status >= 400 && status < 500;
  return tells && ![408, 409, 429].includes(status) ? 'refused' : 'unanswered';
}

function serverIdOf(result: HttpResult): string | null {
  if (result.kind === 'failure') return null;
  try {
    const { id } = JSON.parse(Buffer.from(result.body).toString('utf8')) as { id?: unknown };
    return typeof id === 'string' && /^\w{1,64}$/.test(id) ? id : null;
  } catch {
    return null;
  }
}

const shortNames: Readonly<Record<WrittenKind, string>> = {
  blueprint: 'blueprint',
  blueprints_filter: 'bfilter',
  deployment_group: 'group',
  deployments_filter: 'dfilter',
  membership: 'membership',
  secret: 'secret',
  site: 'site',
  tenant: 'tenant',
  token: 'token',
  user: 'user',
};
