import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../schema/package-root';
import { compileDetectors, digestOf, type Prepared } from './load-detectors';

/* A step of the build: reads and checks the detectors once, for load-detectors.ts to find. */
const folder = join(packageRoot(), 'rules', 'detectors');
const prepared: Prepared = { of: digestOf(folder), detectors: compileDetectors(folder) };
writeFileSync(join(__dirname, 'detectors.json'), JSON.stringify(prepared));
