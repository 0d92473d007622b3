/**
 * version: which version this is.
 */
import { readFile } from 'node:fs/promises'

/** As its package says it. */
export async function troupeVersion(): Promise<string> {
  const text = await readFile(new URL('../package.json', import.meta.url), 'utf8')
  return String((JSON.parse(text) as { readonly version: string }).version)
}
