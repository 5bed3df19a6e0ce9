import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonSchema } from '../model/rule';
import { packageRoot } from './package-root';

/** The published schema of report.json, generated from src/model (`npm run schemas`). */
export function reportSchema(): JsonSchema {
  return JSON.parse(readFileSync(join(packageRoot(), 'src/schema/report.schema.json'), 'utf8')) as JsonSchema;
}
