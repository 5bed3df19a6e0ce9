const block = 512;

/** A tar archive (POSIX.1-1988 ustar) of one folder with one file: the smallest blueprint that can be uploaded. */
export function archiveOf(folder: string, file: string, content: string): Uint8Array {
  const bytes = Buffer.from(content, 'utf8');
  const padding = Buffer.alloc((block - (bytes.length % block)) % block);
  return Buffer.concat([
    headerOf(`${folder}/`, 0, '5'),
    headerOf(`${folder}/${file}`, bytes.length, '0'),
    bytes,
    padding,
    Buffer.alloc(2 * block),
  ]);
}

/** One header block; times are 0, so that the same content makes the same bytes. */
function headerOf(name: string, size: number, type: '0' | '5'): Buffer {
  const header = Buffer.alloc(block);
  const octal = (value: number, digits: number): string => `${value.toString(8).padStart(digits, '0')}\0`;
  header.write(name, 0, 100, 'utf8');
  header.write(octal(type === '5' ? 0o755 : 0o644, 7), 100);
  header.write(octal(0, 7), 108);
  header.write(octal(0, 7), 116);
  header.write(octal(size, 11), 124);
  header.write(octal(0, 11), 136);
  header.write(' '.repeat(8), 148);
  header.write(type, 156);
  header.write('ustar\0', 257);
  header.write('00', 263);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return header;
}
