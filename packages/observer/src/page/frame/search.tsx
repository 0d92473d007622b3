/**
 * page/frame/search: one box that leads to nodes, pages and processes.
 */
import { useSignal } from '@preact/signals'
import type { VNode } from 'preact'
import type { ClusterNode } from '#observer/contract/api'
import { Dialog } from '#page/kit/dialog'
import { Icon, type IconName } from '#page/kit/icon'
import { nodeOfPid } from '#page/kit/links'
import { PAGES, pageAt } from '#page/pages'
import { addressOf, nodePath } from '#page/place'
import { go, place } from '#page/router'
import { overlay } from './keys.js'

interface Hit {
  readonly path: string
  readonly words: string
  readonly note: string
  readonly icon: IconName
}

const HITS_MAX = 12
const close = (): void => {
  overlay.value = 'none'
}

/** Pages whose title has the text. */
const pageHits = (has: (words: string) => boolean, node: string | undefined): readonly Hit[] =>
  PAGES.filter(({ title }) => has(title)).flatMap(({ path, title, scope, icon }): Hit[] => {
    const place = { path: addressOf({ page: path }), words: title, note: 'cluster', icon }
    if (scope !== 'node') return [place]
    return node === undefined ? [] : [{ ...place, path: nodePath(node, path), note: node }]
  })

/** The process itself, when the text is a pid; else a question for processes, the last of all. */
function processHits(text: string, node: string | undefined): readonly Hit[] {
  const pidNode = nodeOfPid(text)
  if (pidNode !== undefined) {
    const path = nodePath(pidNode, 'processes', [text])
    return [{ path, words: text, note: 'process', icon: 'processes' }]
  }
  if (text === '' || pageAt('processes', node) === undefined) return []
  const path = addressOf({ node, page: 'processes' }, { search: text })
  return [{ path, words: `Processes with “${text}”`, note: node ?? 'cluster', icon: 'search' }]
}

/** What a text leads to. */
function hitsOf(text: string, nodes: readonly ClusterNode[]): readonly Hit[] {
  const wanted = text.trim()
  const { node } = place.value
  const has = (words: string): boolean => words.toLowerCase().includes(wanted.toLowerCase())
  const found = nodes
    .filter((each) => has(each.node))
    .map((each): Hit => {
      return { path: nodePath(each.node), words: each.node, note: each.state, icon: 'node' }
    })
  const told = [...pageHits(has, node), ...found].slice(0, HITS_MAX)
  return [...told, ...processHits(wanted, node)]
}

/** The box, over the page. */
export function Search({ nodes }: { readonly nodes: readonly ClusterNode[] }): VNode {
  const text = useSignal('')
  const chosen = useSignal(0)
  const hits = hitsOf(text.value, nodes)
  const open = (hit: Hit | undefined): void => {
    if (hit === undefined) return
    close()
    go(hit.path)
  }
  const press = (event: KeyboardEvent): void => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (event.key === 'Enter') open(hits[chosen.value])
    if (by === undefined && event.key !== 'Enter') return
    event.preventDefault()
    if (by !== undefined) chosen.value = Math.max(0, Math.min(hits.length - 1, chosen.value + by))
  }
  return (
    <Dialog title="Search" onClose={close}>
      <SearchInput
        text={text.value}
        active={hits.length > 0 ? `hit-${chosen.value}` : undefined}
        onKey={press}
        onText={(typed) => {
          text.value = typed
          chosen.value = 0
        }}
      />
      <Hits hits={hits} chosen={chosen.value} onOpen={open} />
    </Dialog>
  )
}

function SearchInput({
  text,
  active,
  onKey,
  onText,
}: {
  readonly text: string
  readonly active: string | undefined
  readonly onKey: (event: KeyboardEvent) => void
  readonly onText: (text: string) => void
}): VNode {
  return (
    <input
      class="input search-input"
      type="text"
      role="combobox"
      aria-label="Search nodes, pages and processes"
      aria-expanded="true"
      aria-controls="search-hits"
      aria-activedescendant={active}
      placeholder="A node, a page, a name or a pid"
      autocomplete="off"
      spellcheck={false}
      autofocus
      value={text}
      onKeyDown={onKey}
      onInput={(event) => onText(event.currentTarget.value)}
    />
  )
}

function Hits({
  hits,
  chosen,
  onOpen,
}: {
  readonly hits: readonly Hit[]
  readonly chosen: number
  readonly onOpen: (hit: Hit) => void
}): VNode {
  return (
    <div id="search-hits" class="search-hits" role="listbox" aria-label="Found">
      {hits.length === 0 && <p class="empty-words">Nothing is called so.</p>}
      {hits.map((hit, index) => (
        <div
          key={hit.path}
          id={`hit-${index}`}
          role="option"
          class={index === chosen ? 'hit chosen' : 'hit'}
          aria-selected={index === chosen}
          onClick={() => onOpen(hit)}
        >
          <Icon name={hit.icon} />
          <span>{hit.words}</span>
          <span class="hit-note">{hit.note}</span>
        </div>
      ))}
    </div>
  )
}
