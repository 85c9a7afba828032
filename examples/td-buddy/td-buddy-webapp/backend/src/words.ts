/** What the generated data is made of. Addresses are invented; e-mail domains are reserved for examples. */

export const FAMILY_NAMES = [
  ['佐藤', 'sato'],
  ['鈴木', 'suzuki'],
  ['高橋', 'takahashi'],
  ['田中', 'tanaka'],
  ['伊藤', 'ito'],
  ['渡辺', 'watanabe'],
  ['山本', 'yamamoto'],
  ['中村', 'nakamura'],
  ['小林', 'kobayashi'],
  ['加藤', 'kato'],
  ['吉田', 'yoshida'],
  ['山田', 'yamada'],
  ['佐々木', 'sasaki'],
  ['松本', 'matsumoto'],
  ['井上', 'inoue'],
] as const

export const GIVEN_NAMES = [
  ['陽菜', 'hina'],
  ['葵', 'aoi'],
  ['結衣', 'yui'],
  ['凛', 'rin'],
  ['美咲', 'misaki'],
  ['さくら', 'sakura'],
  ['蓮', 'ren'],
  ['大翔', 'hiroto'],
  ['湊', 'minato'],
  ['悠真', 'yuma'],
  ['樹', 'itsuki'],
  ['陸', 'riku'],
  ['翔太', 'shota'],
  ['健', 'ken'],
  ['直樹', 'naoki'],
] as const

export const PREFECTURES = [
  '北海道',
  '宮城県',
  '東京都',
  '神奈川県',
  '愛知県',
  '京都府',
  '大阪府',
  '兵庫県',
  '広島県',
  '福岡県',
] as const

export const CITIES = [
  '青葉市',
  '桜川市',
  '若葉区',
  '緑が丘市',
  '川瀬市',
  '海星区',
  '山吹町',
  '星野町',
] as const

export const COMPANY_KINDS = ['商事', 'システム', '製作所', '食品', '不動産', '電機', '運輸'] as const

export const EMAIL_DOMAINS = ['example.com', 'example.org', 'example.net', 'example.jp'] as const
