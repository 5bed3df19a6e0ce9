/**
 * A string as a YAML scalar that reads back as the same string. Plain where it is safe, else JSON, which YAML 1.2
 * double-quoted scalars include. `${` is doubled, because target files expand `${NAME}`.
 */
export function scalar(value: string): string {
  // A function, because `$$` in a replacement string would mean a single `$`.
  const literal = value.replaceAll('${', () => '$${');
  const isName =
    /^[A-Za-z][A-Za-z0-9._-]*$/.test(literal) && !/^(true|false|null|yes|no|on|off|y|n)$/i.test(literal);
  return isName || /^\d+\.\d+\.\d+\.\d+$/.test(literal) ? literal : JSON.stringify(literal);
}

/** Text as a comment: every line gets its mark. */
export function comment(text: string, indent = ''): readonly string[] {
  return text.split(/\r\n|[\n\r\u0085\u2028\u2029]/).map((line) => `${indent}# ${line}`.trimEnd());
}
