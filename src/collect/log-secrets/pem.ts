/** A private key found in text: where its body stands, and the body itself without anything between its lines. */
export interface FoundKey {
  readonly secret: string;
  readonly from: number;
  readonly to: number;
  readonly confidence: 'high' | 'medium';
  /** null: nothing to add to what the detector says. */
  readonly because: string | null;
}

const begin = /-----BEGIN (?:[A-Z0-9]{1,20} ){0,3}PRIVATE KEY(?: BLOCK)?-----/iy;
const end = /-----END (?:[A-Z0-9]{1,20} ){0,3}PRIVATE KEY(?: BLOCK)?-----/iy;
/** Less base64 than this is not even half of an Ed25519 key (RFC 8410: 64 characters). */
const leastBody = 40;
/** Between two lines of a key: what a logger puts before each, or the headers of an encrypted key. */
const maxGap = 240;

/**
 * Reads the private key (RFC 7468, RFC 4880) whose BEGIN or END line stands at `at`. Line ends may be escaped, and
 * each line may carry what a logger puts before it. A key whose END is missing counts (logs cut long messages), and
 * so does a body whose BEGIN is missing (rotation cuts files), if there is enough of it.
 */
export function readPrivateKey(text: string, at: number): FoundKey | undefined {
  begin.lastIndex = at;
  const head = begin.exec(text);
  if (head !== null) {
    const from = at + head[0].length;
    const next = text.indexOf('-----', from);
    const body = text.slice(from, next === -1 ? text.length : next);
    const { secret, length } = keyBody(body);
    if (secret.length < leastBody || isFiller(secret)) return undefined;
    end.lastIndex = next === -1 ? text.length : next;
    const whole = next !== -1 && end.test(text);
    // Without its END the body must begin as one: DER's SEQUENCE, or OpenSSH's magic.
    if (!whole && !/^(?:M|b3BlbnNzaC1rZXkt)/.test(secret)) return undefined;
    const because = whole ? null : 'the head of a private key with part of its body; its end is missing';
    return { secret, from, to: whole ? next : from + length, confidence: 'high', because };
  }
  end.lastIndex = at;
  if (!end.test(text)) return undefined;
  const before = text.slice(0, at);
  const previous = before.lastIndexOf('-----');
  if (previous !== -1 && /BEGIN [A-Z0-9 ]{0,60}$/i.test(before.slice(Math.max(0, previous - 70), previous))) {
    return undefined;
  }
  const { secret, from } = bodyBefore(before, previous === -1 ? 0 : previous + 5);
  if (secret.length < leastBody || isFiller(secret)) return undefined;
  const because = 'the tail of a private key; its head is missing';
  return { secret, from, to: at, confidence: 'high', because };
}

/** Runs of base64 long enough to be a line of a key, close to each other; the last line may be shorter. */
function keyBody(body: string): { secret: string; length: number } {
  const parts: string[] = [];
  let length = 0;
  // `\n` and `\r` in escaped text would otherwise lend their letters to the base64.
  const text = body.replace(/\\{1,8}[nrt]/g, (escape) => ' '.repeat(escape.length));
  for (const match of text.matchAll(/[A-Za-z0-9+/=]{1,8192}/g)) {
    const run = match[0];
    if (match.index - length > maxGap) break;
    const isLine = run.length >= 32 && !/^[0-9a-f]*$/i.test(run);
    if (!isLine && (parts.length === 0 || !isLastPart(text, match.index, run))) continue;
    parts.push(run);
    length = match.index + run.length;
  }
  return { secret: parts.join(''), length };
}

/** The short last line of a body stands right after a line break, or closes with padding. */
function isLastPart(text: string, at: number, run: string): boolean {
  if (run.length < 4 || run.length % 4 !== 0) return false;
  const after = text.slice(at + run.length).trimStart();
  return after === '' || (run.endsWith('=') && run.length >= 8);
}

function bodyBefore(text: string, start: number): { secret: string; from: number } {
  const body = text.slice(start).replace(/\\{1,8}[nrt]/g, (escape) => ' '.repeat(escape.length));
  const lines = [...body.matchAll(/[A-Za-z0-9+/=]{1,8192}/g)].filter((match) => match[0].length >= 60);
  // Only the lines that follow each other up to the END line; something else may have ended long before.
  const kept: RegExpExecArray[] = [];
  let next = body.length;
  for (const line of lines.reverse()) {
    const stop = line.index + line[0].length;
    if (next - stop > maxGap) break;
    kept.unshift(line);
    next = line.index;
  }
  return { secret: kept.map((line) => line[0]).join(''), from: start + next };
}

/** `AAAA…`, `xxxx…`, `…EXAMPLE…`: nothing a key generator writes. */
function isFiller(secret: string): boolean {
  return new Set(secret).size < 12 || /example|placeholder|redacted|your.?key/i.test(secret);
}
