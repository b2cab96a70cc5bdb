/** What a stock was worth and how much of it there is; anything the list lacks is made up from the code. */
export interface Listing {
  readonly name: string
  readonly previousClose: number
  readonly listedShares: number
}

const rows: readonly (readonly [string, string, number, number])[] = [
  ['005930', '삼성전자', 269_000, 5_919_637_922],
  ['000660', 'SK하이닉스', 1_842_000, 728_002_365],
  ['373220', 'LG에너지솔루션', 412_500, 234_000_000],
  ['207940', '삼성바이오로직스', 1_045_000, 71_174_000],
  ['005380', '현대차', 425_000, 204_757_766],
  ['000270', '기아', 121_300, 390_403_332],
  ['068270', '셀트리온', 187_400, 230_972_000],
  ['105560', 'KB금융', 142_800, 381_462_000],
  ['005490', 'POSCO홀딩스', 318_000, 80_933_000],
  ['035420', 'NAVER', 241_500, 158_437_000],
  ['035720', '카카오', 61_300, 442_155_000],
  ['051910', 'LG화학', 294_500, 70_592_343],
  ['006400', '삼성SDI', 204_500, 80_585_000],
  ['012330', '현대모비스', 301_500, 91_795_000],
  ['055550', '신한지주', 78_600, 485_000_000],
  ['028260', '삼성물산', 214_000, 169_976_000],
  ['066570', 'LG전자', 92_700, 163_647_000],
  ['003670', '포스코퓨처엠', 156_900, 88_923_000],
  ['096770', 'SK이노베이션', 118_200, 168_950_000],
  ['00088K', '한화3우B', 40_350, 22_472_000],
  ['069500', 'KODEX 200', 74_855, 121_500_000],
  ['122630', 'KODEX 레버리지', 52_430, 68_200_000],
  ['109670', '씨싸이트', 3_490, 14_310_000],
]

/** Well-known stocks with names and prices of the right size. */
export const listings: ReadonlyMap<string, Listing> = new Map(
  rows.map(([symbol, name, previousClose, listedShares]) => [symbol, { name, previousClose, listedShares }]),
)
