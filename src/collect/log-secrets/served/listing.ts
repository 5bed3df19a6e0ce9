/** What one line of a listing says. */
export interface Listed {
  /** Bytes: names need not be UTF-8. */
  readonly name: Buffer;
  readonly kind: 'file' | 'folder' | 'other';
  /** As listed; null: not told. */
  readonly size: number | null;
}

/** What an index made by nginx says: `autoindex_format json` (Cloudify 7.1) or `html`. null: the body is no index. */
export function parseListing(body: Uint8Array): readonly Listed[] | null {
  // nginx writes names as they are on disk, whatever their encoding: one character a byte keeps them.
  const text = Buffer.from(body).toString('latin1');
  return fromJson(text) ?? fromHtml(text);
}

/**
 * A name that can stand for one entry of a folder. Any other would lead elsewhere: the server, or whoever writes file
 * names on it, must not choose what is asked for.
 */
export function isOneName(name: Buffer): boolean {
  const text = name.toString('latin1');
  return text !== '' && text !== '.' && text !== '..' && name.length <= 255 && !/[/\0]/.test(text);
}

/** The name as a path segment of a URL: every byte that is not unreserved (RFC 3986 §2.3) escaped. */
export function segmentOf(name: Buffer): string {
  return name
    .toString('latin1')
    .replace(
      /[^A-Za-z0-9._~-]/g,
      (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
    );
}

function fromJson(text: string): readonly Listed[] | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (!Array.isArray(value)) return null;
  const entries: Listed[] = [];
  for (const each of value as readonly unknown[]) {
    const { name, type, size } = (each ?? {}) as Record<string, unknown>;
    if (typeof name !== 'string' || typeof type !== 'string') return null;
    const kind = type === 'directory' ? 'folder' : type === 'file' ? 'file' : 'other';
    const isSize = typeof size === 'number' && Number.isSafeInteger(size) && size >= 0;
    entries.push({ name: Buffer.from(name, 'latin1'), kind, size: isSize ? size : null });
  }
  return entries;
}

/** `<a href="name">`, folders with a slash behind. Links that sort the list or lead up are not entries. */
function fromHtml(text: string): readonly Listed[] | null {
  if (!/<(?:title|h1)>\s*Index of /i.test(text.slice(0, 4096))) return null;
  return [...text.matchAll(/<a href="([^"]{1,4096})">/gi)].flatMap(([, link = '']): readonly Listed[] => {
    const target = link.replaceAll('&amp;', '&').replace(/^\.\//, '');
    if (/^(?:\?|\/|\.\.\/?$)/.test(target)) return [];
    const isFolder = target.endsWith('/');
    const name = unescapeBytes(isFolder ? target.slice(0, -1) : target);
    return [{ name, kind: isFolder ? 'folder' : 'file', size: null }];
  });
}

function unescapeBytes(text: string): Buffer {
  const bytes = text.replace(/%([0-9A-Fa-f]{2})/g, (_all, hex: string) =>
    String.fromCharCode(parseInt(hex, 16)),
  );
  return Buffer.from(bytes, 'latin1');
}
