/** The path of the log that a file at this path belongs to. */
export function logicalPath(path: string): string {
  const name = path.slice(path.search(/[^/!]*$/));
  return name === '' ? path : path.slice(0, path.length - name.length) + logicalName(name);
}

/**
 * The log a file belongs to: `x.log`, `x.log.1`, `x.log-20261122-1732.gz`, `x-2026-11-22.log` and `x.log.old` are
 * one. PostgreSQL on Cloudify 7.1 writes a file a weekday (`postgresql-%a.log`), which are one log as well.
 */
function logicalName(name: string): string {
  let rest = name;
  for (let before = ''; before !== rest;) {
    before = rest;
    rest = rest
      .replace(/\.(?:gz|bz2|xz|zst|zstd|lz4|z)$/i, '')
      .replace(/[.-](?:19|20)\d{2}-?[01]\d-?[0-3]\d(?:[-_T.]?\d{1,10}){0,3}$/, '')
      .replace(/[.-]1\d{9}$/, '')
      .replace(/\.\d{1,4}$/, '')
      .replace(/\.(?:old|bak|rotated)$/i, '');
    if (rest === '') return name;
  }
  return rest
    .replace(/[._-](?:19|20)\d{2}-?[01]\d-?[0-3]\d(?:[-_T]\d{1,10}){0,2}(?=\.(?:log|txt|out|err)$)/i, '')
    .replace(/^(postgresql)-(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)(?=\.log$)/, '$1-%a');
}
