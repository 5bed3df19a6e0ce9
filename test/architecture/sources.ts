import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import ts from 'typescript';

/** One file as the laws see it. Paths are relative to the repository, with `/`. */
export interface Source {
  readonly path: string;
  readonly imports: readonly Import[];
  /** Names this file declares and exports. */
  readonly exports: readonly { readonly name: string; readonly kind: 'value' | 'type' }[];
  /** Names passed on from other files; `*` for all. */
  readonly passedOn: readonly {
    readonly name: string;
    readonly from: string;
    readonly original: string;
    readonly kind: 'value' | 'type';
  }[];
  /** Every identifier that is not declared by the file's own syntax around it, with its place. */
  readonly globals: readonly { readonly text: string; readonly line: number }[];
  /** Names that the file mentions outside their own declaration. */
  readonly mentioned: ReadonlySet<string>;
}

export interface Import {
  /** As written; null when it is computed. */
  readonly specifier: string | null;
  /** Names taken; `*` when that cannot be told. */
  readonly names: readonly string[];
  readonly line: number;
  /** Nothing is left of it in the compiled file. */
  readonly typeOnly: boolean;
}

/** Every TypeScript file under the folders (relative to the repository) that exist. */
export function readSources(repository: string, folders: readonly string[]): readonly Source[] {
  return folders
    .flatMap((folder) => filesUnder(repository, folder))
    .filter((path) => path.endsWith('.ts') && !path.endsWith('.d.ts'))
    .map((path) => parseSource(path, readFileSync(join(repository, path), 'utf8')));
}

/** All paths under a folder, relative to the repository; none when it does not exist. */
export function filesUnder(repository: string, folder: string): readonly string[] {
  try {
    return readdirSync(join(repository, folder), { withFileTypes: true })
      .flatMap((entry) => {
        const path = `${folder}/${entry.name}`;
        return entry.isDirectory() ? filesUnder(repository, path) : [path];
      })
      .sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** The file a relative specifier means, among the known paths; null when there is none. */
export function resolveImport(from: string, specifier: string, known: ReadonlySet<string>): string | null {
  const base = posix.normalize(posix.join(posix.dirname(from), specifier)).replace(/\.js$/, '');
  return [`${base}.ts`, `${base}/index.ts`, base].find((path) => known.has(path)) ?? null;
}

export function parseSource(path: string, text: string): Source {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true);
  const imports: Import[] = [];
  const exports: Source['exports'][number][] = [];
  const passedOn: Source['passedOn'][number][] = [];
  const globals: Source['globals'][number][] = [];
  const mentioned = new Set<string>();
  const lineOf = (node: ts.Node): number => file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1;

  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) {
      imports.push({
        specifier: textOf(node.moduleSpecifier),
        names: namesOf(node),
        line: lineOf(node),
        typeOnly: isTypeImport(node),
      });
      return;
    }
    if (ts.isExportDeclaration(node)) {
      const from = node.moduleSpecifier && textOf(node.moduleSpecifier);
      const names =
        node.exportClause && ts.isNamedExports(node.exportClause) ? node.exportClause.elements : null;
      if (from) {
        imports.push({ specifier: from, names: [], line: lineOf(node), typeOnly: node.isTypeOnly });
        for (const { name, propertyName, isTypeOnly } of names ?? []) {
          const kind = isTypeOnly || node.isTypeOnly ? 'type' : 'value';
          passedOn.push({ name: name.text, from, original: (propertyName ?? name).text, kind });
        }
        if (names === null) passedOn.push({ name: '*', from, original: '*', kind: 'value' });
      } else {
        for (const element of names ?? []) exports.push({ name: element.name.text, kind: 'value' });
      }
      return;
    }
    if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
      const names = node.qualifier ? [leftmost(node.qualifier)] : ['*'];
      imports.push({ specifier: textOf(node.argument.literal), names, line: lineOf(node), typeOnly: true });
    }
    if (ts.isCallExpression(node) && isLoading(node)) {
      const [argument] = node.arguments;
      const specifier = argument && ts.isStringLiteralLike(argument) ? argument.text : null;
      imports.push({ specifier, names: takenFrom(node), line: lineOf(node), typeOnly: false });
    }
    if (ts.isIdentifier(node)) {
      if (!isDeclarationName(node)) mentioned.add(node.text);
      if (isFree(node)) globals.push({ text: freeText(node), line: lineOf(node) });
    }
    ts.forEachChild(node, visit);
  };
  for (const statement of file.statements) exports.push(...exportedBy(statement));
  visit(file);
  return { path, imports, exports, passedOn, globals, mentioned };
}

function textOf(node: ts.Expression): string | null {
  return ts.isStringLiteralLike(node) ? node.text : null;
}

function namesOf({ importClause }: ts.ImportDeclaration): readonly string[] {
  if (!importClause) return [];
  const bindings = importClause.namedBindings;
  const named = !bindings
    ? []
    : ts.isNamespaceImport(bindings)
      ? ['*']
      : bindings.elements.map((element) => (element.propertyName ?? element.name).text);
  return importClause.name ? ['default', ...named] : named;
}

function isTypeImport({ importClause }: ts.ImportDeclaration): boolean {
  return importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword;
}

function leftmost(name: ts.EntityName): string {
  return ts.isIdentifier(name) ? name.text : leftmost(name.left);
}

function isLoading({ expression }: ts.CallExpression): boolean {
  if (expression.kind === ts.SyntaxKind.ImportKeyword) return true;
  return ts.isIdentifier(expression) && expression.text === 'require';
}

/** `(await import('x')).name`, `const { name } = await import('x')`; anything else takes all. */
function takenFrom(call: ts.CallExpression): readonly string[] {
  let node: ts.Node = call.parent;
  while (ts.isAwaitExpression(node) || ts.isParenthesizedExpression(node) || ts.isAsExpression(node)) {
    node = node.parent;
  }
  if (ts.isPropertyAccessExpression(node)) return [node.name.text === 'then' ? '*' : node.name.text];
  if (ts.isVariableDeclaration(node) && ts.isObjectBindingPattern(node.name)) {
    return node.name.elements.map(({ propertyName, name }) => (propertyName ?? name).getText());
  }
  return ['*'];
}

function exportedBy(statement: ts.Statement): Source['exports'] {
  const modifiers = ts.canHaveModifiers(statement) ? (ts.getModifiers(statement) ?? []) : [];
  if (!modifiers.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)) return [];
  if (ts.isVariableStatement(statement)) {
    return statement.declarationList.declarations.map(({ name }) => ({
      name: name.getText(),
      kind: 'value',
    }));
  }
  if (ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement)) {
    return [{ name: statement.name.text, kind: 'type' }];
  }
  const name = (statement as ts.FunctionDeclaration | ts.ClassDeclaration).name?.text ?? 'default';
  return [{ name, kind: 'value' }];
}

function isDeclarationName(node: ts.Identifier): boolean {
  return (
    (node.parent as Partial<ts.NamedDeclaration>).name === node && !ts.isPropertyAccessExpression(node.parent)
  );
}

/** An identifier that stands for itself: not a member, not a declaration, not in a type. */
function isFree(node: ts.Identifier): boolean {
  const { parent } = node;
  if (isDeclarationName(node) || ts.isPartOfTypeNode(node) || ts.isTypeReferenceNode(parent)) return false;
  if (ts.isQualifiedName(parent) || ts.isPropertyAssignment(parent)) {
    return ts.isPropertyAssignment(parent) && parent.initializer === node;
  }
  return !(ts.isPropertyAccessExpression(parent) && parent.name === node);
}

/** `Date.now` and `new Date()` are told from `new Date(fact)`. */
function freeText(node: ts.Identifier): string {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) return `${node.text}.${parent.name.text}`;
  if (ts.isNewExpression(parent) && parent.expression === node && (parent.arguments?.length ?? 0) === 0) {
    return `new ${node.text}()`;
  }
  return node.text;
}
