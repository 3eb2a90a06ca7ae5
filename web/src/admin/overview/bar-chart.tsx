import { useState } from 'react';

export interface Bar {
  key: string;
  value: number;
  /** In full: what it is and how much. */
  said: string;
}

interface BarChartProps {
  label: string;
  total: string;
  bars: Bar[];
  /** Under the two ends. */
  ends: [string, string];
}

const HEIGHT = 100;
const GAP = 0.28;

/** Bars side by side; the one under the pointer says what it is. A table tells the same to the blind. */
export function BarChart({ label, total, bars, ends }: BarChartProps) {
  const [pointed, setPointed] = useState<number | null>(null);
  const most = Math.max(1, ...bars.map(({ value }) => value));
  // The newest where none is pointed at.
  const shown = bars[pointed ?? bars.length - 1];
  return (
    <figure className="bar-chart">
      <figcaption>
        <span>
          <span className="quiet-heading">{label}</span>
          <strong className="usage-total">{total}</strong>
        </span>
        <span className="bar-said">{shown?.said}</span>
      </figcaption>
      <svg
        viewBox={`0 0 ${bars.length} ${HEIGHT}`}
        preserveAspectRatio="none"
        aria-hidden="true"
        onPointerLeave={() => setPointed(null)}
      >
        {bars.map(({ key, value }, index) => {
          const height = value === 0 ? 0 : Math.max(1.5, (value / most) * HEIGHT);
          return (
            <g
              key={key}
              onPointerEnter={() => setPointed(index)}
              onPointerDown={() => setPointed(index)}
            >
              <rect className="bar-ground" x={index} y={0} width={1} height={HEIGHT} />
              <rect
                className={index === pointed ? 'bar bar-pointed' : 'bar'}
                x={index + GAP / 2}
                y={HEIGHT - height}
                width={1 - GAP}
                height={height}
              />
            </g>
          );
        })}
      </svg>
      <p className="bar-ends" aria-hidden="true">
        <span>{ends[0]}</span>
        <span>{ends[1]}</span>
      </p>
    </figure>
  );
}
