/**
 * page/kit/links: nodes and processes as links to their own page.
 */
import type { VNode } from 'preact'
import { nodePath } from '#page/place'

/** A node. */
export function NodeLink({ node, page }: { readonly node: string; readonly page?: string }): VNode {
  return (
    <a class="mono" href={nodePath(node, page)}>
      {node}
    </a>
  )
}

/** The node of a pid's text `<node.id.creation>`; undefined: it is none. */
export const nodeOfPid = (pid: string): string | undefined => /^<(.+)\.\d+\.\d+>$/.exec(pid)?.[1]

/** The pid without what all pids of its node have in common. */
export const shortPid = (pid: string): string => {
  const found = /^<(.+)\.(\d+)\.\d+>$/.exec(pid)
  return found === null ? pid : `<${found[1]}.${found[2]}>`
}

/** A process, by its pid; it is told whole when it is pointed at. */
export function PidLink({
  pid,
  name,
}: {
  readonly pid: string
  readonly name?: string | undefined
}): VNode {
  const node = nodeOfPid(pid)
  const text = name ?? shortPid(pid)
  if (node === undefined) return <span class="mono">{text}</span>
  return (
    <a class="mono" href={nodePath(node, 'processes', [pid])} title={pid}>
      {text}
    </a>
  )
}
