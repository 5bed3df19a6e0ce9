/** Names the clear-text protocol that the first bytes of an answer belong to; null when they name none. */
export function recogniseClearText(bytes: Buffer): string | null {
  const text = bytes.toString('latin1', 0, 64);
  if (/^HTTP\/\d/.test(text)) return 'http';
  if (/^\s*<(?:!doctype|html)/i.test(text)) return 'http'; // HTTP/0.9: a page without a header
  if (text.startsWith('AMQP')) return 'amqp';
  if (text.startsWith('SSH-')) return 'ssh';
  if (text.startsWith('E\0\0') && /SFATAL|SERROR/.test(text)) return 'postgresql';
  return null;
}
