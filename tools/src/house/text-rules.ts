/**
 * house/text-rules: headers, file names, and the words of comments and documents.
 */
import type { Fault } from './fault.js'
import type { Source } from './source.js'

const KEBAB = /^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+)*$/

export function kebabName(source: Source): readonly Fault[] {
  const name = source.file.slice(source.file.lastIndexOf('/') + 1)
  if (KEBAB.test(name)) return []
  return [
    {
      file: source.file,
      line: 1,
      problem: `the name ${name} is not in kebab-case`,
      remedy: 'name the file after its one noun, in small letters and hyphens',
    },
  ]
}

/** The path of a file below its `src`, without its ending; of an index, the folder it opens. */
function pathInHouse(file: string): string {
  const path = file.replace(/\.(ts|tsx|mts|mjs)$/, '').replace(/(\/src)?\/index$/, '')
  return path.replace(/^.*?\/src\//, '').replace(/^packages\//, '')
}

/** Whether a header begins with the name of this file or of its folder, short or with its way. */
function namesRoom(words: string, file: string): boolean {
  const told = /^([\w/-]+):/.exec(words)?.[1]?.split('/')
  const parts = pathInHouse(file).split('/')
  if (told === undefined || !told.every((part) => parts.includes(part))) return false
  return parts.slice(-2).includes(told.at(-1) ?? '')
}

/** Every file of the platform says first which room it is; others say what they are for. */
export function header(source: Source): readonly Fault[] {
  const first = source.text.replace(/^#!.*\n/, '').trimStart()
  const fault = (problem: string, remedy: string): readonly Fault[] => [
    { file: source.file, line: 1, problem, remedy },
  ]
  if (!first.startsWith('/**')) {
    return fault(
      'there is no header comment',
      `start it with "${pathInHouse(source.file)}:", what it models and what it does not know`,
    )
  }
  const words = first.slice(3, first.indexOf('*/')).replace(/^\s*\*?\s*/, '')
  if (!/^packages\/[^/]+\/src\//.test(source.file)) return []
  if (namesRoom(words, source.file)) return []
  return fault('the header does not name its room', `begin it with "${pathInHouse(source.file)}:"`)
}

const BANNED = /\b(just|simply|easy|easily|obviously)\b/i
const TASK = /\b(TODO|FIXME|XXX|HACK)\b/
const TASK_WITH_ISSUE = /\b(TODO|FIXME|XXX|HACK)\b.*(issue[ -]?|#)\d+/
/** Folders of the machine somebody works on; nobody else has them. */
const MACHINE_PATH = /(^|[\s"'`(=])\/(work|root|home\/[a-z]+)\//

export function wordsOfLine(file: string, line: number, text: string): readonly Fault[] {
  const faults: Fault[] = []
  const banned = BANNED.exec(text)?.[0]
  if (banned !== undefined) {
    faults.push({
      file,
      line,
      problem: `the word "${banned}" belittles the reader's trouble`,
      remedy: 'leave it out; the sentence says the same',
    })
  }
  if (TASK.test(text) && !TASK_WITH_ISSUE.test(text)) {
    faults.push({
      file,
      line,
      problem: 'a task is noted without the issue that holds it',
      remedy: 'write "TODO issue N: …", or do it now',
    })
  }
  return faults
}

const machinePath = (file: string, line: number, text: string): readonly Fault[] =>
  MACHINE_PATH.test(text)
    ? [
        {
          file,
          line,
          problem: 'a path of one machine is written down',
          remedy: 'write it relative to the repository',
        },
      ]
    : []

export const machinePaths = (file: string, text: string): readonly Fault[] =>
  text.split('\n').flatMap((line, index) => machinePath(file, index + 1, line))

export const commentWords = (source: Source): readonly Fault[] =>
  source.comments.flatMap((comment) =>
    comment.value
      .split('\n')
      .flatMap((text, index) =>
        wordsOfLine(source.file, (comment.loc?.start.line ?? 1) + index, withoutCode(text)),
      ),
  )

/** What stands between backticks is quoted, not said. */
const withoutCode = (text: string): string => text.replace(/`[^`]*`/g, '')

/** The prose of a Markdown page: fenced code is left to the sample tests. */
export function pageWords(file: string, text: string): readonly Fault[] {
  let fenced = false
  return text.split('\n').flatMap((line, index) => {
    if (/^\s*```/.test(line)) {
      fenced = !fenced
      return []
    }
    return fenced ? [] : wordsOfLine(file, index + 1, withoutCode(line))
  })
}
