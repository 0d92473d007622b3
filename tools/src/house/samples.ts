/**
 * house/samples: the code samples of the documents, made into programs.
 *
 * A fence "ts" is compiled; "ts run" is compiled and run, and a fence "text" that follows it is
 * what it has to print; "ts continued" belongs to the sample before it. Lines between
 * `<!-- sample` and `-->` stand before the next sample without being shown. A program keeps each
 * line at the number it has on its page, so that a compiler's message names the place in the
 * document. Pure: reads and runs nothing.
 */
import type { Fault } from './fault.js'

export interface Sample {
  /** Page, relative to the root. */
  readonly file: string
  /** Line of the first fence on the page, counted from 1. */
  readonly line: number
  /** Name of the program, unique among all samples. */
  readonly name: string
  readonly program: string
  readonly run: boolean
  /** What the program has to print; undefined where the page does not say. */
  readonly expected: string | undefined
}

interface Part {
  /** Line of the opening mark, counted from 0. */
  readonly first: number
  readonly lines: readonly string[]
}
type Block =
  | (Part & { readonly kind: 'fence'; readonly info: readonly string[] })
  | (Part & { readonly kind: 'hidden' })

/** Every fence and every hidden part of a page, in order. */
function blocksOf(lines: readonly string[]): readonly Block[] {
  const blocks: Block[] = []
  for (let at = 0; at < lines.length; at += 1) {
    const fence = /^ {0,3}```(.*)$/.exec(lines[at] ?? '')
    const hidden = /^<!-- sample\s*$/.test(lines[at] ?? '')
    if (fence === null && !hidden) continue
    const closing = hidden ? /^-->\s*$/ : /^ {0,3}```\s*$/
    const first = at
    while (at + 1 < lines.length && !closing.test(lines[at + 1] ?? '')) at += 1
    const inside = lines.slice(first + 1, at + 1)
    const info = (fence?.[1] ?? '').trim().split(/\s+/)
    blocks.push(
      hidden
        ? { kind: 'hidden', first, lines: inside }
        : { kind: 'fence', info, first, lines: inside },
    )
    at += 1
  }
  return blocks
}

/** In a source file only what stands in its block comments is a page. */
function pageLines(file: string, text: string): readonly string[] {
  const lines = text.split('\n')
  if (!file.endsWith('.ts')) return lines
  return lines.map((line) => (/^\s*\*/.test(line) ? line.replace(/^\s*\*\/?\s?/, '') : ''))
}

const nameFor = (file: string, line: number): string =>
  `${file
    .replace(/\.[a-z]+$/, '')
    .replace(/[^A-Za-z0-9]+/g, '-')
    .toLowerCase()}-${line}`

/** A program under construction: lines at the places they have on the page. */
interface Draft {
  readonly line: number
  readonly lines: string[]
  run: boolean
  expected: string | undefined
}

function place(draft: Draft, block: Block): void {
  for (const [index, line] of block.lines.entries()) draft.lines[block.first + 1 + index] = line
}

export function samplesOf(file: string, text: string): readonly Sample[] {
  const drafts: Draft[] = []
  let hidden: readonly Block[] = []
  let previous: Draft | undefined
  for (const block of blocksOf(pageLines(file, text))) {
    if (block.kind === 'hidden') {
      hidden = [...hidden, block]
      continue
    }
    const [language, ...words] = block.info
    if (language === 'text' && previous?.run === true) previous.expected = block.lines.join('\n')
    const last = drafts.at(-1)
    previous = undefined
    if (language !== 'ts') continue
    const continued = words.includes('continued') ? last : undefined
    const draft = continued ?? { line: block.first + 1, lines: [], run: false, expected: undefined }
    for (const part of [...hidden, block]) place(draft, part)
    hidden = []
    draft.run ||= words.includes('run')
    if (continued === undefined) drafts.push(draft)
    previous = draft
  }
  return drafts.map(({ line, lines, run, expected }) => ({
    file,
    line,
    name: nameFor(file, line),
    program: `${Array.from(lines, (text) => text ?? '').join('\n')}\n`,
    run,
    expected,
  }))
}

const WORDS: ReadonlySet<string> = new Set(['run', 'continued'])
const UNCHECKED: ReadonlySet<string> = new Set(['js', 'javascript', 'typescript', 'tsx', 'mts'])

/** Fences that would escape the check, and words after "ts" that mean nothing. */
export const sampleFaults = (file: string, text: string): readonly Fault[] =>
  blocksOf(pageLines(file, text)).flatMap((block): readonly Fault[] => {
    if (block.kind === 'hidden') return []
    const [language = '', ...words] = block.info
    const line = block.first + 1
    if (UNCHECKED.has(language)) {
      const problem = `a fence "${language}" is neither compiled nor run`
      return [{ file, line, problem, remedy: 'call it "ts" or "ts run"' }]
    }
    const unknown = language === 'ts' ? words.filter((word) => !WORDS.has(word)) : []
    return unknown.map((word) => ({
      file,
      line,
      problem: `the word "${word}" after "ts" means nothing`,
      remedy: `use one of: ${[...WORDS].join(', ')}`,
    }))
  })

/** Faults the compiler told about the programs, at their places on the pages. */
export function compilerFaults(samples: readonly Sample[], output: string): readonly Fault[] {
  const pages = new Map(samples.map(({ name, file }) => [name, file]))
  const told = [...output.matchAll(/^.*?([\w-]+)\.ts\((\d+),\d+\): error (.*)$/gm)]
  return told.map(([, name = '', line = '1', message = '']) => ({
    file: pages.get(name) ?? name,
    line: Number(line),
    problem: message.replace(/\.$/, ''),
    remedy: 'correct the sample',
  }))
}

/** Whether a program printed what its page says; "…" in the page stands for anything. */
export function printed(expected: string, actual: string): boolean {
  const parts = expected.trim().split('…')
  const escaped = parts.map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(`^${escaped.join('[\\s\\S]*?')}$`).test(actual.trim())
}
