/**
 * page/frame/frame: what is around every page: navigation, who looks, how fresh the figures are.
 */
import type { VNode } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import type { ClusterSheet } from '#observer/contract/api'
import { Badge, Button, Empty, PageHead, ProblemBox, Skeleton } from '#page/kit/basics'
import { Icon } from '#page/kit/icon'
import { Toasts } from '#page/kit/toast'
import { loginNeeded, session } from '#page/live/api'
import { silentNode } from '#page/live/presence'
import { useSubject } from '#page/live/use'
import { type PageEntry, type PageProps, pageAt, pageElsewhere } from '#page/pages'
import { go, place } from '#page/router'
import { loadedOf, loadPage } from '#page/views'
import { Boundary } from './boundary.js'
import { Help } from './help.js'
import { isMenuOpen, overlay } from './keys.js'
import { Login } from './login.js'
import { Navigation } from './navigation.js'
import { NodeGone } from './node-gone.js'
import { Search } from './search.js'
import { Sources } from './sources.js'
import { Freshness, IntervalChoice, ThemeSwitch } from './status.js'

/** The whole page. */
export function Frame(): VNode {
  const cluster = useSubject<ClusterSheet>(loginNeeded.value ? undefined : '/cluster')
  const { node, page, rest, query } = place.value
  const entry = pageAt(page, node)
  useEffect(() => {
    document.title = [entry?.title, node, 'Observer'].filter(Boolean).join(' · ')
  }, [entry, node])
  const isStrange = useStrange(node, cluster.sheet)
  if (loginNeeded.value) return <Login />
  const nodes = cluster.sheet?.nodes ?? []
  return (
    <div class={isMenuOpen.value ? 'frame menu-open' : 'frame'}>
      <a class="skip" href="#main">
        Skip to the page
      </a>
      <Navigation nodes={nodes} node={node} page={page} />
      <Bar />
      <main id="main" tabIndex={-1} class={silentNode(node) === undefined ? '' : 'is-old'}>
        <NodeGone node={node} cluster={cluster.sheet} />
        {entry === undefined ? (
          <NoPage />
        ) : isStrange ? (
          <NoNode title={entry.title} />
        ) : (
          <Boundary key={`${node} ${page}`}>
            <PageView entry={entry} node={node} rest={rest} query={query} />
          </Boundary>
        )}
      </main>
      {overlay.value === 'search' && <Search nodes={nodes} />}
      {overlay.value === 'help' && <Help />}
      {overlay.value === 'sources' && <Sources />}
      <Toasts />
    </div>
  )
}

/** Whether nobody has ever known the node; of one that has left, the last is still on screen. */
function useStrange(node: string | undefined, cluster: ClusterSheet | undefined): boolean {
  const met = useRef<string | undefined>(undefined)
  if (node === undefined || cluster === undefined) return false
  if (cluster.nodes.some((each) => each.node === node)) met.current = node
  return met.current !== node
}

function NoNode({ title }: { readonly title: string }): VNode {
  return (
    <>
      <PageHead title={title} subtitle=" " />
      <Empty title="There is no such node">
        The cluster has none of this name, so that there is nobody to ask. Choose one on the left.
      </Empty>
    </>
  )
}

/** Nothing is at this address, unless a node alone has such a page: then that of who serves. */
function NoPage(): VNode | null {
  const elsewhere = pageElsewhere(place.value, session.value?.node)
  useEffect(() => {
    if (elsewhere !== undefined) go(elsewhere, { replace: true })
  }, [elsewhere])
  if (elsewhere !== undefined || session.value === undefined) return null
  return (
    <Empty title="There is no such page">
      Nothing is at this address. Choose a page on the left, or press <kbd>/</kbd>.
    </Empty>
  )
}

/** A page, as soon as its script is here. */
function PageView({ entry, ...props }: PageProps & { readonly entry: PageEntry }): VNode {
  const loaded = loadedOf(entry)
  useEffect(() => void loadPage(entry), [entry])
  if (loaded?.kind === 'view') return <loaded.view {...props} />
  return (
    <>
      <PageHead title={entry.title} subtitle=" " />
      {loaded === undefined ? <Skeleton height={432} /> : <NotLoaded message={loaded.message} />}
    </>
  )
}

function NotLoaded({ message }: { readonly message: string }): VNode {
  const problem = {
    code: 'PAGE_NOT_LOADED',
    message: `The script of this page could not be loaded: ${message}`,
    remedy: 'The Observer may be another one by now: load the page again.',
  }
  return (
    <ProblemBox problem={problem}>
      <Button onPress={() => location.reload()}>Load the page again</Button>
    </ProblemBox>
  )
}

/** The line on top: menu, search, session, freshness, refresh, theme. */
function Bar(): VNode {
  const who = session.value
  const readOnly = who !== undefined && !who.capabilities.includes('manage')
  return (
    <header class="bar">
      <span class="bar-menu">
        <Button
          kind="bare"
          icon="menu"
          title="Menu"
          onPress={() => {
            isMenuOpen.value = !isMenuOpen.value
          }}
        />
      </span>
      <SearchButton />
      <div class="bar-end">
        {readOnly && (
          <Badge title="Nothing can be changed from here">
            <Icon name="lock" size={12} />
            <span class="bar-wide">read-only</span>
          </Badge>
        )}
        {who?.user !== undefined && <span class="bar-wide bar-user">{who.user}</span>}
        <Freshness />
        <IntervalChoice />
        <Button
          kind="bare"
          icon="json"
          title="This page as JSON"
          onPress={() => {
            overlay.value = 'sources'
          }}
        />
        <ThemeSwitch />
      </div>
    </header>
  )
}

/** Opens the box that leads anywhere. */
function SearchButton(): VNode {
  return (
    <button
      type="button"
      class="bar-search"
      onClick={() => {
        overlay.value = 'search'
      }}
    >
      <Icon name="search" />
      <span class="bar-search-words">Search nodes, pages, processes</span>
      <kbd>/</kbd>
    </button>
  )
}
