import type { Report } from '../model/report';

/** What the surroundings decide and a format may not find out by itself. */
export interface RenderOptions {
  /** Colour with ANSI sequences; terminal only. */
  readonly color?: boolean;
  /** Columns; terminal only, 80 unless told. */
  readonly width?: number;
}

/** One way to write a report. Pure: the same report and options give the same bytes. */
export interface ReportFormat {
  readonly id: string;
  /** Name of the file a run writes. */
  readonly fileName: string;
  readonly render: (report: Report, options?: RenderOptions) => string;
}
