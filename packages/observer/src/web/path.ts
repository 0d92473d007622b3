/**
 * web/path: the path of a request as all of us read it. Pure.
 *
 * A letter may be written as `%61`: every check and every route sees it as the letter. What has a
 * meaning within a part of a path, as `%2F`, stays as it is until that part is read.
 *
 * @source RFC 3986, 6.2.2 "Syntax-Based Normalization"
 */
const ESCAPED = /%([\da-f]{2})/gi
const UNRESERVED = /[\w.~-]/

/** Without its query. */
export function pathOf(request: Pick<Request, 'url'>): string {
  return new URL(request.url).pathname.replace(ESCAPED, (escaped, hex: string) => {
    const letter = String.fromCharCode(Number.parseInt(hex, 16))
    return UNRESERVED.test(letter) ? letter : escaped.toUpperCase()
  })
}
