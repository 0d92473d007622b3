/**
 * house/reference: whether the reference pages name exactly what the code has.
 *
 * The page of errors has one heading for each code of the table; the page of options has one
 * heading for each public interface whose name ends in `Options`, and below it one table row for
 * each of its own members. Pure: is handed pages and parsed sources.
 */
import type { Fault } from './fault.js'
import { type Source, visits } from './source.js'

/** A heading of a page with the first cells of the table rows below it. */
interface Section {
  readonly heading: string
  readonly line: number
  readonly rows: readonly { readonly name: string; readonly line: number }[]
}

/** Names stand in backticks, in headings of the second level and in first cells. */
const HEADING = /^## `?(\w+)`?/
const ROW = /^\| `(\w+)` /

function sectionsOf(page: string): readonly Section[] {
  const sections: { heading: string; line: number; rows: { name: string; line: number }[] }[] = []
  for (const [index, text] of page.split('\n').entries()) {
    const heading = HEADING.exec(text)?.[1]
    if (heading !== undefined) sections.push({ heading, line: index + 1, rows: [] })
    const name = ROW.exec(text)?.[1]
    if (name !== undefined) sections.at(-1)?.rows.push({ name, line: index + 1 })
  }
  return sections
}

/** The codes of the table in contract/errors. */
export const errorCodes = (errors: Source): readonly string[] =>
  visits(errors.program).flatMap(({ node }) => {
    if (node.type !== 'VariableDeclarator' || node.id.type !== 'Identifier') return []
    if (node.id.name !== 'ERRORS') return []
    const table = node.init?.type === 'TSAsExpression' ? node.init.expression : node.init
    if (table?.type !== 'ObjectExpression') return []
    return table.properties.flatMap((property) =>
      property.type === 'ObjectProperty' && property.key.type === 'Identifier'
        ? [property.key.name]
        : [],
    )
  })

/** The names that a front door exports, types included. */
export const exportedNames = (door: Source): readonly string[] =>
  visits(door.program).flatMap(({ node }) =>
    node.type === 'ExportSpecifier' && node.exported.type === 'Identifier'
      ? [node.exported.name]
      : [],
  )

/** Public interfaces of options with their own members. */
export const optionTypes = (
  sources: readonly Source[],
  publicNames: readonly string[],
): ReadonlyMap<string, readonly string[]> =>
  new Map(
    sources.flatMap((source) =>
      visits(source.program).flatMap(({ node, parent }) => {
        if (node.type !== 'TSInterfaceDeclaration' || !node.id.name.endsWith('Options')) return []
        if (parent?.type !== 'ExportNamedDeclaration' || !publicNames.includes(node.id.name))
          return []
        const members = node.body.body.flatMap((member) =>
          'key' in member && member.key.type === 'Identifier' ? [member.key.name] : [],
        )
        return [[node.id.name, members] as const]
      }),
    ),
  )

/** What is on one side and not on the other, as faults of the page. */
function differences(
  file: string,
  line: number,
  told: readonly string[],
  real: readonly string[],
  where: string,
): readonly Fault[] {
  const fault = (problem: string, remedy: string): Fault => ({ file, line, problem, remedy })
  return [
    ...real
      .filter((name) => !told.includes(name))
      .map((name) => fault(`${name} is missing in ${where}`, 'describe it')),
    ...told
      .filter((name) => !real.includes(name))
      .map((name) => fault(`${name} in ${where} does not exist`, 'remove it or name it rightly')),
  ]
}

export function errorPageFaults(
  file: string,
  page: string,
  codes: readonly string[],
): readonly Fault[] {
  const headings = sectionsOf(page).map(({ heading }) => heading)
  return differences(file, 1, headings, codes, 'the page')
}

export function optionPageFaults(
  file: string,
  page: string,
  types: ReadonlyMap<string, readonly string[]>,
): readonly Fault[] {
  const sections = sectionsOf(page)
  const headings = sections.map(({ heading }) => heading)
  return [
    ...differences(file, 1, headings, [...types.keys()], 'the page'),
    ...sections.flatMap(({ heading, line, rows }) => {
      const told = rows.map(({ name }) => name)
      return differences(file, line, told, types.get(heading) ?? told, heading)
    }),
  ]
}
