/** An element of a parsed page. `text` is all text in it, in order. */
export interface Element {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly parent: Element | null;
  text: string;
}

const voids = new Set(['meta', 'link', 'br', 'input', 'rect', 'line']);

/**
 * Parses the HTML that reports are written in, which is stricter than HTML: every tag is closed, every attribute is
 * quoted and occurs once, and `<` and `>` stand for nothing but tags. Throws for everything else.
 */
export function parseHtml(source: string): readonly Element[] {
  const elements: Element[] = [];
  let open: Element | null = null;
  let at = 0;
  while (at < source.length) {
    const next = source.indexOf('<', at);
    const end = next < 0 ? source.length : next;
    const text = source.slice(at, end);
    if (text.includes('>') && open?.name !== 'style') throw new Error(`a stray > in ${excerpt(text)}`);
    for (let e: Element | null = open; e; e = e.parent) e.text += decode(text);
    if (!open && text.trim() !== '') throw new Error(`text outside of any element: ${excerpt(text)}`);
    if (next < 0) break;
    const tag = /^<(\/?)([a-z][a-z0-9]*)((?:\s[a-z][a-z0-9-]*(?:="[^"<>]*")?|\s)*)(\/?)>/i.exec(
      source.slice(next, next + 20_000),
    );
    if (source.startsWith('<!doctype html>', next)) {
      at = next + 15;
      continue;
    }
    if (!tag) throw new Error(`not a tag: ${excerpt(source.slice(next))}`);
    const [whole, slash, given = '', attributes = '', selfClosing] = tag;
    const name = given.toLowerCase();
    if (slash === '/') {
      if (open?.name !== name) throw new Error(`</${name}> closes <${open?.name ?? ''}>`);
      open = open.parent;
    } else {
      const element: Element = { name, attributes: attributesOf(attributes), parent: open, text: '' };
      elements.push(element);
      if (!voids.has(name) && selfClosing !== '/') open = element;
    }
    at = next + whole.length;
  }
  if (open) throw new Error(`<${open.name}> is never closed`);
  return elements;
}

function attributesOf(source: string): ReadonlyMap<string, string> {
  const attributes = new Map<string, string>();
  for (const [, name = '', , value = ''] of source.matchAll(/([a-z][a-z0-9-]*)(="([^"]*)")?/gi)) {
    if (attributes.has(name)) throw new Error(`attribute ${name} twice`);
    attributes.set(name, decode(value));
  }
  return attributes;
}

const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', '#39': "'" };

function decode(text: string): string {
  return text.replace(/&([a-z0-9#]*);?/gi, (whole, name: string) => {
    const character = entities[name];
    if (character === undefined || !whole.endsWith(';')) throw new Error(`unknown entity ${whole}`);
    return character;
  });
}

function excerpt(text: string): string {
  return JSON.stringify(text.slice(0, 120));
}
