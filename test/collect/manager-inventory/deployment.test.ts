import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startDeployment } from '../../../fixtures/deployment';
import { askInventory, renderTarget } from '../../../src/collect/manager-inventory';
import { secret } from '../../../src/model/target';
import { loadTarget } from '../../../src/plan';

test('the fixture deployment, asked and written down, is the deployment', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'cfy-audit-init-'));
  const deployment = await startDeployment({ weaknesses: [], folder });
  const admin = deployment.accounts.find(({ username }) => username === 'admin');
  const inventory = await askInventory({
    host: '127.0.0.1',
    address: '127.0.0.1',
    port: deployment.ports.https,
    credentials: { kind: 'password', username: 'admin', password: secret(admin?.password ?? '') },
    trust: [new X509Certificate(readFileSync(deployment.caFile)).raw],
    userAgent: 'cfy-audit/test',
    signal: new AbortController().signal,
  });
  await deployment.stop();
  writeFileSync(join(folder, 'ca.pem'), inventory.caCertificates.join('\n'));
  writeFileSync(join(folder, 'asked.yaml'), renderTarget(inventory, { caFile: 'ca.pem' }));
  const { target } = await loadTarget(join(folder, 'asked.yaml'), {
    environment: { CFY_AUDIT_ADMIN_PASSWORD: 'x' },
    prompt: () => Promise.reject(new Error('no prompt')),
    resolve: () => Promise.resolve(['203.0.113.1']),
  });
  rmSync(folder, { recursive: true });
  const { managers, brokers, databases, tenants, users, ca, version } = target;
  expect([managers.length, brokers.length, databases.length]).toEqual([1, 1, 1]);
  expect(managers[0]).toMatchObject({ address: '127.0.0.1', ports: { https: deployment.ports.https } });
  expect(tenants).toEqual(['default_tenant', 'tenant_a', 'tenant_b']);
  expect(users).toMatchObject([{ username: 'admin', systemRole: 'sys_admin' }]);
  expect(ca.internal).toHaveLength(1);
  expect(version).toBe('7.1.0');
});
