import { endpointsOf } from '../../../src/collect/tls-endpoint/endpoints';
import type { DeclaredHost } from '../../../src/model/target';
import { hostOf, managerOf, targetOf } from '../run-target';

const ports = { http: 80, https: 443, internal: 53333, monitoring: 8009 };

/** `id as server-name: hosts` of a manager with these hosts. */
function looks(...hosts: DeclaredHost[]): readonly string[] {
  return endpointsOf(targetOf({ managers: [managerOf({ ports, hosts })] })).map(
    ({ id, serverName, hosts: covers }) =>
      `${id} as ${serverName ?? '-'}: ${covers.map(({ host }) => host).join(' ')}`,
  );
}

describe('the TLS endpoints of a manager', () => {
  it('are the external name by SNI, the default certificate, 53333 and 8009', () => {
    expect(
      looks(
        hostOf('10.0.0.1', 'internal'),
        hostOf('10.9.0.1', 'internal', 'managers[0].networks.dmz'),
        hostOf('m.example', 'external', 'managers[0].publicName'),
      ),
    ).toEqual([
      'manager-1/rest-external/443 as m.example: m.example',
      'manager-1/rest-internal/443 as -: 10.0.0.1 10.9.0.1',
      'manager-1/rest-internal/53333 as -: 10.0.0.1 10.9.0.1',
      'manager-1/monitoring/8009 as -: 10.0.0.1',
    ]);
  });

  it('meet the default certificate where users dial an address, which is never sent as a name', () => {
    expect(looks(hostOf('10.0.0.1', 'internal'), hostOf('10.0.0.1', 'external'))).toEqual([
      'manager-1/rest-external/443 as -: 10.0.0.1',
      'manager-1/rest-internal/443 as -: 10.0.0.1',
      'manager-1/rest-internal/53333 as -: 10.0.0.1',
      'manager-1/monitoring/8009 as -: 10.0.0.1',
    ]);
  });

  it('look at the default certificate once where only an address for users is known', () => {
    expect(looks(hostOf('10.0.0.1', 'external', 'url'))).toEqual([
      'manager-1/rest-external/443 as -: 10.0.0.1',
      'manager-1/rest-internal/53333 as -: ',
      'manager-1/monitoring/8009 as -: ',
    ]);
  });

  it('hold monitoring to every internal host where no place of declaration tells more', () => {
    const hosts = [
      hostOf('a.example', 'internal', 'elsewhere'),
      hostOf('b.example', 'internal', 'elsewhere'),
    ];
    expect(looks(...hosts).at(-1)).toBe('manager-1/monitoring/8009 as -: a.example b.example');
  });

  it('has an id of its own for every further name', () => {
    expect(looks(hostOf('a.example', 'external'), hostOf('b.example', 'external')).slice(0, 2)).toEqual([
      'manager-1/rest-external/443 as a.example: a.example',
      'manager-1/rest-external/443/b.example as b.example: b.example',
    ]);
  });
});
