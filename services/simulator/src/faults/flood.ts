/** What a frame is made of that no venue should send: each is cheap to send and dear to read. */
const shapes = {
  /** Lists in each other, in a frame of data. */
  nesting: (bytes: number) => enclosed('{"data":[', '[', ']', '],"trnm":"REAL"}', bytes),
  /** Objects in each other, in a message of no known kind. */
  objects: (bytes: number) => enclosed('{"trnm":"X","a":', '{"a":', '}', '}', bytes, '1'),
  /** As many items as there is room for. */
  items: (bytes: number) => repeated('{"data":[', '{"values":{"10":"1"},"type":"0B","item":"005930"},', '0],"trnm":"REAL"}', bytes),
  /** As many empty items. */
  empties: (bytes: number) => repeated('{"data":[', '{},', '0],"trnm":"REAL"}', bytes),
  /** One text, all of it escapes. */
  escapes: (bytes: number) => repeated('{"data":["', '\\u0007', '"],"trnm":"REAL"}', bytes),
  /** An object of as many members. */
  keys: (bytes: number) => membered('{', '"z":0}', bytes),
  /** Brackets that nothing closes. */
  brackets: (bytes: number) => Buffer.alloc(bytes, '['),
  /** Bytes that are no UTF-8. */
  noise: (bytes: number) => Buffer.alloc(bytes, 0xff),
} as const satisfies Record<string, (bytes: number) => Buffer>

export type Shape = keyof typeof shapes

/** All shapes that a flood can have. */
export const floodShapes = Object.keys(shapes) as readonly Shape[]

/** Whether this is the name of a shape. */
export function isShape(value: unknown): value is Shape {
  return floodShapes.includes(value as Shape)
}

/** A frame of that shape of at most so many bytes, and not many fewer. */
export function floodFrame(shape: Shape, bytes: number): Buffer {
  return shapes[shape](bytes)
}

function repeated(head: string, part: string, tail: string, bytes: number): Buffer {
  return Buffer.from(head + part.repeat(Math.floor((bytes - head.length - tail.length) / part.length)) + tail)
}

function enclosed(head: string, open: string, close: string, tail: string, bytes: number, inside = ''): Buffer {
  const levels = Math.floor((bytes - head.length - tail.length - inside.length) / (open.length + close.length))
  return Buffer.from(head + open.repeat(levels) + inside + close.repeat(levels) + tail)
}

function membered(head: string, tail: string, bytes: number): Buffer {
  const members: string[] = []
  for (let length = head.length + tail.length, member = 0; length < bytes - 16; member++) {
    // Octal: no name holds FID 9201, whose value would be hidden.
    const text = `"${member.toString(8)}":0,`
    members.push(text)
    length += text.length
  }
  return Buffer.from(head + members.join('') + tail)
}
