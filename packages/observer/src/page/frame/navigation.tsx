/**
 * page/frame/navigation: the pages of the cluster, the choice of a node, and the pages of that.
 */
import type { VNode } from 'preact'
import type { ClusterNode } from '#observer/contract/api'
import { Icon } from '#page/kit/icon'
import { session } from '#page/live/api'
import { PAGES, type PageEntry } from '#page/pages'
import { addressOf } from '#page/place'
import { go } from '#page/router'
import { isMenuOpen } from './keys.js'

interface Props {
  readonly nodes: readonly ClusterNode[]
  readonly node: string | undefined
  readonly page: string
}

/** The side of the page. */
export function Navigation({ nodes, node, page }: Props): VNode {
  const ofCluster = PAGES.filter(({ scope }) => scope !== 'node')
  const ofNode = PAGES.filter(({ scope }) => scope !== 'cluster')
  const chosen = node ?? nodes.find((each) => each.node === session.value?.node)?.node
  return (
    <>
      <nav class="side" aria-label="Pages" onClick={closeMenu}>
        <a class="brand" href="/">
          <img src="/icon.svg" alt="" width="22" height="22" />
          Observer
        </a>
        <p class="side-title">Cluster</p>
        <Entries
          pages={ofCluster}
          node={undefined}
          current={node === undefined ? page : undefined}
        />
        {ofNode.length > 0 && (
          <>
            <NodeChoice nodes={nodes} node={chosen} page={node === undefined ? '' : page} />
            {chosen !== undefined && (
              <Entries
                pages={ofNode}
                node={chosen}
                current={node === undefined ? undefined : page}
              />
            )}
          </>
        )}
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

function Entries({
  pages,
  node,
  current,
}: {
  readonly pages: readonly PageEntry[]
  readonly node: string | undefined
  readonly current: string | undefined
}): VNode {
  return (
    <ul class="side-list">
      {pages.map(({ path, title, icon, key }) => (
        <li key={path}>
          <a
            href={addressOf({ node, page: path })}
            aria-current={path === current ? 'page' : undefined}
            title={`g ${key}`}
          >
            <Icon name={icon} />
            {title}
          </a>
        </li>
      ))}
    </ul>
  )
}

function NodeChoice({ nodes, node, page }: Props): VNode {
  const known = nodes.some((each) => each.node === node)
  return (
    <div class="side-node">
      <label class="side-title" for="node-choice">
        Node
      </label>
      <select
        id="node-choice"
        class="input"
        value={node ?? ''}
        onChange={(event) => go(addressOf({ node: event.currentTarget.value, page }))}
      >
        {node === undefined && <option value="">Choose a node</option>}
        {node !== undefined && !known && <option value={node}>{node}</option>}
        {nodes.map((each) => (
          <option key={each.node} value={each.node}>
            {each.node}
            {each.state === 'up' ? '' : ` (${each.state})`}
          </option>
        ))}
      </select>
    </div>
  )
}
