/**
 * web/page-files: the files of the page, read once and kept, each with its type and its ETag.
 *
 * Only what lies in the folder has an address; no path of a request ever becomes one of a file.
 */
import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export interface PageFile {
  readonly type: string
  readonly etag: string
  readonly body: Uint8Array<ArrayBuffer>
  /** Its name says which version it is, so it may be kept for ever. */
  readonly isHashed: boolean
}

const TYPES: Readonly<Record<string, string>> = Object.freeze({
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
})

/** Where the built page lies. */
export const PAGE_FOLDER = fileURLToPath(new URL('../page/', import.meta.url))

export type PageFiles = ReadonlyMap<string, PageFile>

/** All files of the page by their address; none where it was not built. */
export async function readPageFiles(folder = PAGE_FOLDER): Promise<PageFiles> {
  const names = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])
  const files = new Map<string, PageFile>()
  for (const entry of names) {
    const type = TYPES[extname(entry.name)]
    if (!entry.isFile() || type === undefined) continue
    const path = join(entry.parentPath, entry.name)
    const body = new Uint8Array(await readFile(path))
    const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`
    const address = `/${path.slice(folder.length).replaceAll('\\', '/').replace(/^\/+/, '')}`
    files.set(address, { type, etag, body, isHashed: /-[A-Z\d]{8}\.\w+$/.test(entry.name) })
  }
  return files
}

/** The file of an address; the first page for whoever wants to see a page. */
export function pageFileOf(files: PageFiles, path: string, accept: string): PageFile | undefined {
  const isPage = path === '/' || accept.includes('text/html')
  return files.get(path) ?? (isPage ? files.get('/index.html') : undefined)
}
