/**
 * page/frame/navigation: what is looked at, all nodes or one, and the pages, each of them once.
 *
 * The list is always the same, so that a page is always at its place. A page that only a node has
 * leads to the node that serves, while all nodes are looked at, and says so.
 */
import type { VNode } from 'preact'
import type { ClusterNode } from '#observer/contract/api'
import { Icon } from '#page/kit/icon'
import { wordOf } from '#page/kit/states'
import { session } from '#page/live/api'
import { nodeFor, PAGES, pageAt } from '#page/pages'
import { addressOf } from '#page/place'
import { go } from '#page/router'
import { isMenuOpen } from './keys.js'

interface Props {
  readonly nodes: readonly ClusterNode[]
  readonly node: string | undefined
  readonly page: string
}

/** The side of the page. */
export function Navigation(props: Props): VNode {
  return (
    <>
      <nav class="side" aria-label="Pages" onClick={closeMenu}>
        <a class="brand" href="/">
          <img src="/icon.svg" alt="" width="22" height="22" />
          Observer
        </a>
        <NodeChoice {...props} />
        <Entries {...props} />
        <p class="side-foot">
          Troupe <span class="figure">{session.value?.version ?? ''}</span>
          <br />
          <span class="side-runtime">{session.value?.runtime ?? ''}</span>
        </p>
      </nav>
      <div class="side-veil" onClick={closeMenu} role="presentation" />
    </>
  )
}

const closeMenu = (event: Event): void => {
  const inside = event.target instanceof Element ? event.target.closest('select') : null
  if (inside === null) isMenuOpen.value = false
}

function Entries({ node, page }: Props): VNode {
  return (
    <ul class="side-list">
      {PAGES.map((entry) => {
        const of = nodeFor(entry, node, session.value?.node)
        const isHere = pageAt(page, node) === entry
        return (
          <li key={`${entry.scope} ${entry.path}`}>
            <a
              href={addressOf({ node: of, page: entry.path })}
              aria-current={isHere ? 'page' : undefined}
              title={`g ${entry.key}`}
            >
              <Icon name={entry.icon} />
              {entry.title}
              {of !== node && of !== undefined && (
                <span class="side-of" aria-hidden="true">
                  {of.split('@')[0]}
                </span>
              )}
            </a>
          </li>
        )
      })}
    </ul>
  )
}

/** Where the same page of another node is, or of all; its first page where there is none. */
function samePage(page: string, node: string | undefined): string {
  const found = pageAt(page, node)
  return addressOf({ node, page: found === undefined ? '' : page })
}

/** So that a state behind it is not cut off. */
const shortName = (node: string): string => (node.length > 16 ? `${node.slice(0, 15)}…` : node)

function NodeChoice({ nodes, node, page }: Props): VNode {
  const known = nodes.some((each) => each.node === node)
  return (
    <div class="side-node">
      <label class="side-title" for="node-choice">
        Looking at
      </label>
      <select
        id="node-choice"
        class="input"
        value={node ?? ''}
        onChange={({ currentTarget: { value } }) =>
          go(samePage(page, value === '' ? undefined : value))
        }
      >
        <option value="">All nodes</option>
        {node !== undefined && !known && <option value={node}>{node}</option>}
        {nodes.map((each) => (
          <option key={each.node} value={each.node}>
            {each.state === 'up' ? each.node : `${shortName(each.node)} (${wordOf(each.state)})`}
          </option>
        ))}
      </select>
    </div>
  )
}
