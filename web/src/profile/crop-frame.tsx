import { type KeyboardEvent, type PointerEvent, useEffect, useId, useRef } from 'react';
import { strings } from '../strings.ts';
import { draw } from './avatar-image.ts';
import { type Crop, MOST_ZOOM, moved, SIDE, within } from './crop.ts';

const words = strings.avatar;
const STEP = 0.05;

const ARROWS: Record<string, [number, number]> = {
  ArrowLeft: [-STEP, 0],
  ArrowRight: [STEP, 0],
  ArrowUp: [0, -STEP],
  ArrowDown: [0, STEP],
};

interface CropFrameProps {
  picture: ImageBitmap;
  crop: Crop;
  onCrop(crop: Crop): void;
}

/** The square as it will look; the picture is dragged beneath it. */
export function CropFrame({ picture, crop, onCrop }: CropFrameProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const hintId = useId();
  useEffect(() => {
    if (canvas.current) draw(canvas.current, picture, crop);
  }, [picture, crop]);
  const drag = useDrag((right, down) => onCrop(moved(picture, crop, right, down)));
  function press(event: KeyboardEvent): void {
    const arrow = ARROWS[event.key];
    if (arrow === undefined) return;
    event.preventDefault();
    onCrop(moved(picture, crop, ...arrow));
  }
  return (
    <>
      <button
        type="button"
        className="crop-frame"
        aria-label={words.frame}
        aria-describedby={hintId}
        {...drag}
        onKeyDown={press}
      >
        <canvas ref={canvas} width={SIDE} height={SIDE} />
      </button>
      <label className="crop-zoom">
        <span>{words.zoom}</span>
        <input
          type="range"
          min={1}
          max={MOST_ZOOM}
          step={0.05}
          value={crop.zoom}
          onChange={(event) =>
            onCrop(within(picture, { ...crop, zoom: Number(event.target.value) }))
          }
        />
      </label>
      <p id={hintId} className="fine-print">
        {words.hint}
      </p>
    </>
  );
}

/** Tells how far a finger or the mouse went, as a share of the frame's side. */
function useDrag(onMove: (right: number, down: number) => void) {
  const last = useRef<{ x: number; y: number } | null>(null);
  const end = () => {
    last.current = null;
  };
  return {
    onPointerDown(event: PointerEvent<HTMLElement>) {
      event.currentTarget.setPointerCapture(event.pointerId);
      last.current = { x: event.clientX, y: event.clientY };
    },
    onPointerMove(event: PointerEvent<HTMLElement>) {
      if (last.current === null) return;
      const side = event.currentTarget.clientWidth;
      onMove((event.clientX - last.current.x) / side, (event.clientY - last.current.y) / side);
      last.current = { x: event.clientX, y: event.clientY };
    },
    onPointerUp: end,
    onPointerCancel: end,
  };
}
