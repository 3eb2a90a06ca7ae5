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
  function drag(event: PointerEvent<HTMLElement>): void {
    if (event.buttons === 0) return;
    const side = event.currentTarget.clientWidth;
    onCrop(moved(picture, crop, event.movementX / side, event.movementY / side));
  }
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
        onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
        onPointerMove={drag}
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
