import type { RevocationFact, TlsEndpoint } from '../../../model/tls-endpoint';
import type { CollectContext } from '../../collector';
import type { ReadChain, Told } from '../chain';
import type { Asked, RevocationServices } from './services';

export { mostQuestions, openServices, type RevocationServices } from './services';

type RevocationFacts = Pick<TlsEndpoint, 'path' | 'revocation' | 'revocationServices'>;

/**
 * What the services that the certificates of a path name add to what was declared and stapled. `again` judges the chain with
 * more to go by. A service that gives nothing usable leaves the state undetermined, never good.
 */
export async function askServices(
  first: ReadChain,
  services: RevocationServices | null,
  context: CollectContext,
  again: (told: Told) => ReadChain | string,
): Promise<RevocationFacts> {
  const { path, revocation } = first.facts;
  if (services === null) return { path, revocation, revocationServices: [] };
  const asked = await services.ask(first.path, context);
  const told = { crls: asked.flatMap(({ crls }) => crls), ocsp: asked.flatMap(({ ocsp }) => ocsp) };
  const second = told.crls.length + told.ocsp.length === 0 ? first : again(told);
  const facts = typeof second === 'string' ? first.facts : second.facts;
  const revoked = facts.revocation.some(({ state }) => state === 'revoked');
  return {
    // Clients fetch nothing by default: what cannot be established so does not make them refuse.
    path: revoked ? facts.path : { ...facts.path, acceptedNow: path.acceptedNow },
    revocation: facts.revocation.map((fact) => explain(fact, asked)),
    revocationServices: asked.map(({ certificate, kind, url, asked: wasAsked, answer }) => ({
      sha256: certificate,
      ...{ kind, url, asked: wasAsked, answer },
    })),
  };
}

function explain(fact: RevocationFact, asked: readonly Asked[]): RevocationFact {
  if (fact.state !== 'not-checked') return fact;
  const own = asked.filter(({ certificate }) => certificate === fact.sha256);
  const said = own.map(({ url, answer }) => `${url}: ${answer}`).join('; ');
  if (own.some((each) => each.asked))
    return { ...fact, state: 'undetermined', reason: `no service of its CA gave a usable answer (${said})` };
  return own.length === 0 ? fact : { ...fact, reason: `no service of its CA was asked (${said})` };
}
