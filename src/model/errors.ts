/** A wrong input (argument, target, profile, waiver, catalogue): told without a stack, exit code 2. */
export class InputError extends Error {
  constructor(
    message: string,
    readonly where: { readonly file?: string; readonly line?: number; readonly pointer?: string } = {},
  ) {
    super(message);
    this.name = 'InputError';
  }

  /** `file:line: message (at /pointer)`, leaving out what is not known. */
  describe(): string {
    const { file, line, pointer } = this.where;
    const place = file === undefined ? '' : `${file}${line === undefined ? '' : `:${String(line)}`}: `;
    return `${place}${this.message}${pointer === undefined || pointer === '' ? '' : ` (at ${pointer})`}`;
  }
}
