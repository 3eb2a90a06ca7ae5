const PATHS = {
  menu: 'M4 7h16M4 12h16M4 17h10',
  close: 'M6 6l12 12M18 6L6 18',
  plus: 'M12 5v14M5 12h14',
  pencil: 'M4 20l1-4L16 5l3 3L8 19l-4 1zM14 7l3 3',
  trash: 'M5 7h14M10 7V5h4v2M7 7l1 12h8l1-12M10.5 11v5M13.5 11v5',
  send: 'M12 19V5M6 11l6-6 6 6',
  stop: 'M7.5 7.5h9v9h-9z',
  book: 'M5 5.5C7.5 4.5 10 4.7 12 6c2-1.3 4.5-1.5 7-.5V18c-2.5-1-5-.8-7 .5-2-1.3-4.5-1.5-7-.5zM12 6v12.5',
  person: 'M12 12a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM5 19.5c1-3.5 3.8-5 7-5s6 1.5 7 5',
  search: 'M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM15.5 15.5L20 20',
  left: 'M14 6l-6 6 6 6',
  right: 'M10 6l6 6-6 6',
  down: 'M12 5v14M6 13l6 6 6-6',
  download: 'M12 4v11M7 11l5 5 5-5M5 20h14',
  phone: 'M8 3.5h8a1 1 0 0 1 1 1v15a1 1 0 0 1-1 1H8a1 1 0 0 1-1-1v-15a1 1 0 0 1 1-1zM11 17.5h2',
  desktop:
    'M4.5 5h15a1 1 0 0 1 1 1v9a1 1 0 0 1-1 1h-15a1 1 0 0 1-1-1V6a1 1 0 0 1 1-1zM9 20h6M12 16v4',
  camera: 'M4 8h3.5L9 5.5h6L16.5 8H20v11H4zM12 16.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7z',
  wechat:
    'M9 15.5c-.7 0-1.5-.1-2.2-.3L4.5 16.5l.5-2.2C3.7 13.2 3 11.8 3 10.2 3 7 5.9 4.5 9.300 4.5c3 0 5.600 1.9 6.100 4.5M20.5 18.5l-.4-1.8c.6-.7.9-1.5.9-2.400 0-2.400-2.300-4.300-5-4.300s-5 1.9-5 4.300 2.300 4.300 5 4.300c.7 0 1.400-.1 2-.4zM7.2 8.7h.01M11.300 8.7h.01M14.300 13.2h.01M17.7 13.2h.01',
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg className={`icon icon-${name}`} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}
