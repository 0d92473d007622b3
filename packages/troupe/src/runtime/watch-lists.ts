/**
 * runtime/watch-lists: where a process keeps its links, what it watches, and who watches it.
 *
 * One of a kind lies in the field itself, more of them in a set or a list, for most processes have
 * one link and one watcher.
 */
import type { Pid, Ref } from '#contract'
import type { Relations as Owned } from './extension.js'
import { extend } from './mailbox.js'
import type { Process } from './process.js'
import { Watch } from './watch.js'

/** What a process watches, oldest first; `most` of it. */
export function watchesOf(process: Process, most = Number.POSITIVE_INFINITY): Watch[] {
  const watches: Watch[] = []
  let watch = process.extension?.relations?.firstWatch
  for (; watch !== undefined && watches.length < most; watch = watch.next) watches.push(watch)
  return watches
}

/** The watch of this process behind a ref, also behind one that has travelled. */
export function ownWatch(process: Process, ref: Ref): Watch | undefined {
  if (!(ref instanceof Watch)) return watchesOf(process).find((watch) => watch.id === ref.id)
  return ref.active && ref.watcher === process ? ref : undefined
}

/** Appends to what a process watches. */
export function addWatch(relations: Owned, watch: Watch): void {
  const last = relations.lastWatch
  if (last === undefined) relations.firstWatch = watch
  else {
    last.next = watch
    watch.previous = last
  }
  relations.lastWatch = watch
  relations.watchCount += 1
}

/** Takes a watch from its watcher; false when it was told or withdrawn before. */
export function removeWatch(watch: Watch): boolean {
  const relations = (watch.watcher as Process).extension?.relations
  if (!watch.active || relations === undefined) return false
  const { previous, next } = watch
  if (previous === undefined) relations.firstWatch = next
  else previous.next = next
  if (next === undefined) relations.lastWatch = previous
  else next.previous = previous
  watch.active = false
  watch.previous = undefined
  watch.next = undefined
  relations.watchCount -= 1
  return true
}

/** Who watches a process by its pid; `most` of them. */
export function watchersOf(process: Process, most = Number.POSITIVE_INFINITY): Watch[] {
  const watchers = process.extension?.watchers
  if (watchers === undefined) return []
  return watchers instanceof Map ? firstOf(watchers.values(), most) : [watchers]
}

/** How many watch a process by its pid. */
export function watcherCount(process: Process): number {
  const watchers = process.extension?.watchers
  if (watchers === undefined) return 0
  return watchers instanceof Map ? watchers.size : 1
}

function firstOf<T>(all: Iterable<T>, most: number): T[] {
  const first: T[] = []
  for (const one of all) {
    if (first.length >= most) break
    first.push(one)
  }
  return first
}

/** Adds to those who watch a process by its pid. */
export function addWatcher(process: Process, watch: Watch): void {
  const extension = extend(process)
  const watchers = extension.watchers
  if (watchers === undefined) extension.watchers = watch
  else if (watchers instanceof Map) watchers.set(watch.id, watch)
  else {
    extension.watchers = new Map([
      [watchers.id, watchers],
      [watch.id, watch],
    ])
  }
}

/** Takes one from those who watch a process. */
export function removeWatcher(process: Process, watch: Watch): void {
  const extension = process.extension
  if (extension === undefined) return
  if (extension.watchers instanceof Map) extension.watchers.delete(watch.id)
  else if (extension.watchers === watch) extension.watchers = undefined
}

/** The processes linked with this one; `most` of them. */
export function linksOf(process: Process, most = Number.POSITIVE_INFINITY): Pid[] {
  const links = process.extension?.links
  if (links === undefined) return []
  return links instanceof Set ? firstOf(links, most) : [links]
}

/** How many processes are linked with this one. */
export function linkCount(process: Process): number {
  const links = process.extension?.links
  if (links === undefined) return 0
  return links instanceof Set ? links.size : 1
}

/** One direction of a link. */
export function addLink(process: Process, other: Pid): void {
  const extension = extend(process)
  const links = extension.links
  if (links === undefined) extension.links = other
  else if (links instanceof Set) links.add(other)
  else if (links !== other) extension.links = new Set([links, other])
}

/** Takes one direction of a link away. */
export function removeLink(process: Process, other: Pid): void {
  const extension = process.extension
  if (extension === undefined) return
  if (extension.links instanceof Set) extension.links.delete(other)
  else if (extension.links === other) extension.links = undefined
}
