import type { NetworkListener } from '../../model/network-listener';
import type { Report } from '../../model/report';
import { findingsByEvidence, observed } from '../reading';
import { vantageWords } from '../words';
import { markup, type Insert, type Markup } from './markup';
import { judged, table, unobserved } from './parts';

/** Every documented port: who may reach it according to the documentation, and what answered. */
export function listenerSection(report: Report): Markup {
  const findings = findingsByEvidence(report);
  const listeners = observed(report, 'network.listener');
  return markup`<section id="listeners" aria-labelledby="listeners-title">
    <h2 id="listeners-title">Listeners</h2>
    <p class="note">
      Looked at ${vantageWords[report.run.vantage]}. A closed port counts only where something else on the
      same address answered in the same minute.
    </p>
    ${unobserved(report, 'network.listener')}
    ${
      listeners.length === 0
        ? markup`<p class="calm">No port was looked at.</p>`
        : table(
            'Documented ports and what answered',
            [['Port', 'short'], 'Node', 'Service', 'Documented for', ['Answered', 'wide'], 'Rules'],
            listeners.map(({ data, digest }) => [
              markup`<code>${data.port}</code>${data.dialled !== data.port && markup` <span class="muted">dialled ${data.dialled}</span>`}`,
              markup`${data.node}<br><span class="muted">${data.address}</span>`,
              data.service,
              `${exposureWords[data.exposure]}, ${transportWords[data.transport]}`,
              answerOf(data),
              judged(findings.get(digest)),
            ]),
          )
    }
  </section>`;
}

const exposureWords: Readonly<Record<NetworkListener['exposure'], string>> = {
  users: 'users',
  agents: 'agents',
  nodes: 'other nodes',
  loopback: 'this host only',
  closed: 'nobody',
};
const transportWords: Readonly<Record<NetworkListener['transport'], string>> = {
  tls: 'TLS',
  clear: 'clear text',
  either: 'TLS or clear text',
};

function answerOf({ state, speaks, clearProtocol, httpStatus, control }: NetworkListener): Insert {
  const proof = control.reachable
    ? markup`<span class="muted">; port ${control.port ?? '?'} did answer</span>`
    : markup`<strong>; nothing on this address answered</strong>`;
  if (state !== 'open') return markup`${state}${proof}`;
  const spoken = {
    tls: 'TLS',
    clear: 'clear text',
    'tls-and-clear': 'TLS and clear text',
    silent: 'nothing we know',
  };
  const protocol = [clearProtocol, httpStatus === null ? null : `HTTP ${httpStatus}`].filter(
    (part) => part !== null,
  );
  return markup`<strong>open</strong>,
    ${speaks === null ? 'not asked' : spoken[speaks]}${protocol.length > 0 && markup` <span class="muted">(${protocol.join(', ')})</span>`}`;
}

/** Every anonymous request, what the documentation lets one expect, and what came back. */
export function surfaceSection(report: Report): Markup {
  const findings = findingsByEvidence(report);
  const requests = observed(report, 'http.surface');
  const words = {
    open: 'open',
    secured: 'refusal',
    page: 'a page',
    'clear-text-api': 'refusal over HTTP',
    other: 'any answer',
    'signed-in': 'an answer to a user',
    incidental: 'nothing given away',
  };
  return markup`<section id="surface" aria-labelledby="surface-title">
    <h2 id="surface-title">HTTP without credentials</h2>
    <p class="note">
      A 503 of the rate limit, a server error and a login page are no refusals: they prove nothing.
    </p>
    ${unobserved(report, 'http.surface')}
    ${
      requests.length === 0
        ? markup`<p class="calm">No request was sent.</p>`
        : table(
            'Requests and their answers',
            [['Request', 'wide'], 'Listener', 'Documented', 'Answered', 'Rules'],
            requests.map(({ data, digest }) => [
              markup`<code>${data.method} ${data.path}</code>${data.as !== null && markup`<br><span class="muted">as ${data.as}</span>`}`,
              markup`${data.node}<br><span class="muted">${data.scheme} :${data.port}</span>`,
              words[data.expectation],
              markup`<strong>${data.status}</strong>
                ${data.answer}${data.errorCode !== null && markup` <span class="muted">${data.errorCode}</span>`}${data.discloses.length > 0 && markup`<br>discloses ${data.discloses.join(', ')}`}${!data.control.alive && markup`<br><strong>the control request failed</strong>`}`,
              judged(findings.get(digest)),
            ]),
          )
    }
    ${redirects(report)}
  </section>`;
}

/** Where pages lead whom they redirect; what nobody redirects is left out. */
function redirects(report: Report): Insert {
  const findings = findingsByEvidence(report);
  const chains = observed(report, 'http.redirect').filter(({ data }) => data.hops.length > 0);
  if (chains.length === 0) return '';
  return table(
    'Redirects, followed within the deployment',
    [['Request', 'wide'], 'Listener', ['Leads to', 'wide'], 'End', 'Rules'],
    chains.map(({ data, digest }) => [
      markup`<code>GET ${data.path}</code>`,
      markup`${data.node}<br><span class="muted">${data.scheme} :${data.port}</span>`,
      data.hops.map(
        ({ status, to }) =>
          markup`<div>${status} <code>${to.scheme}://${to.host}${to.port === null ? '' : `:${to.port}`}${to.path}</code>${to.place === 'elsewhere' && markup` <strong>elsewhere</strong>`}</div>`,
      ),
      `${data.end}${data.reason === null ? '' : `: ${data.reason}`}`,
      judged(findings.get(digest)),
    ]),
  );
}
