/** First bytes of what is not read, in hex, with what it is called. Names lie, so these tell. */
const unread: readonly (readonly [string, string])[] = [
  ['377abcaf271c', 'a 7z archive'],
  ['526172211a07', 'a rar archive'],
  ['04224d18', 'compressed by lz4'],
  ['02214c18', 'compressed by lz4'],
  ['1f9d', 'compressed by compress (.Z)'],
  ['1fa0', 'compressed by compress (.Z)'],
  ['1f1e', 'compressed by pack (.z)'],
  ['4c5a4950', 'compressed by lzip'],
  ['894c5a4f000d0a1a0a', 'compressed by lzop'],
  ['5d0000', 'compressed by lzma'],
  ['ff060000734e61507059', 'compressed by snappy'],
  ['4d534346', 'a cab archive'],
  ['303730373031', 'a cpio archive'],
  ['303730373032', 'a cpio archive'],
  ['303730373037', 'a cpio archive'],
  ['c771', 'a cpio archive'],
  ['213c617263683e0a', 'an ar archive'],
  ['edabeedb', 'an rpm package'],
  ['78617221', 'a xar archive'],
  ['53616c7465645f5f', 'encrypted by openssl'],
  ['6167652d656e6372797074696f6e2e6f72672f', 'encrypted by age'],
  ['504b0708', 'a part of a zip archive'],
  ['504b3030', 'a part of a zip archive'],
];

/** The .lzma format has no magic number: properties, a dictionary of a power of two, and a size or -1. */
const isLzma = (hex: string): boolean => /^5d0000(?:[0-9a-f]{2}){2}(?:f{16}|[0-9a-f]{8}0{8})/.test(hex);
/** Frames that zstd and lz4 decoders skip, e.g. those of pzstd: what is behind them is not told. */
const isSkippable = (hex: string): boolean => /^5[0-9a-f]2a4d18/.test(hex);

/** What a file is that begins like this, where it is packed in a way that is not read; else null. */
export function unreadFormat(head: Buffer): string | null {
  const hex = head.toString('hex', 0, 24);
  if (isSkippable(hex)) return 'compressed, behind a frame to be skipped';
  const found = unread.find(([magic]) => hex.startsWith(magic))?.[1] ?? null;
  return found === 'compressed by lzma' && !isLzma(hex) ? null : found;
}

/** The binary files of journald: what is in them may be compressed piece by piece. */
export function isJournalFile(head: Buffer): boolean {
  return head.toString('latin1', 0, 8) === 'LPKSHHRH';
}
