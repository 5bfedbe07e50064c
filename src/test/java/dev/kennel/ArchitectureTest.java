package dev.kennel;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** Holds the house together: an import runs downwards only. */
class ArchitectureTest {
  private static final String ROOT = "dev.kennel";
  private static final String SPARK = "org.apache.spark..";
  private static final String[] DL4J = {"org.deeplearning4j..", "org.nd4j..", "org.bytedeco.."};

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages(ROOT);

  @Test
  void anImportRunsDownwardsOnly() {
    layeredArchitecture()
        .consideringOnlyDependenciesInAnyPackage(ROOT + "..")
        .layer("program")
        // main names the commands, they name the job, the sweep of jobs and the kernel
        .definedBy(ROOT, ROOT + ".cli", ROOT + ".notebook", ROOT + ".shell", ROOT + ".sweep")
        .layer("page")
        .definedBy(ROOT + ".page")
        .layer("products")
        .definedBy(ROOT + ".report", ROOT + ".model", ROOT + ".bench", ROOT + ".tracking")
        .layer("work")
        .definedBy(ROOT + ".evaluation", ROOT + ".training")
        .layer("matter")
        .definedBy(ROOT + ".network", ROOT + ".dataset")
        .layer("ground")
        .definedBy(
            ROOT + ".onednn",
            ROOT + ".table",
            ROOT + ".config",
            ROOT + ".averaging",
            ROOT + ".weights",
            ROOT + ".image")
        .whereLayer("program")
        .mayNotBeAccessedByAnyLayer()
        .whereLayer("page")
        .mayOnlyBeAccessedByLayers("program")
        .whereLayer("products")
        .mayOnlyBeAccessedByLayers("program", "page")
        .whereLayer("work")
        .mayOnlyBeAccessedByLayers("program", "products")
        .whereLayer("matter")
        .mayOnlyBeAccessedByLayers("program", "page", "products", "work")
        .check(CLASSES);
  }

  @Test
  void packagesOfOneFloorDoNotKnowEachOther() {
    for (String[] pair :
        new String[][] {
          {"report", "model"},
          {"page", "model"},
          {"page", "bench"},
          {"page", "network"},
          {"report", "bench"},
          {"model", "bench"},
          {"tracking", "report"},
          {"tracking", "model"},
          {"tracking", "bench"},
          {"tracking", "page"},
          {"tracking", "evaluation"},
          {"tracking", "training"},
          {"tracking", "table"},
          {"evaluation", "training"},
          {"network", "dataset"},
          {"onednn", "table"},
          {"onednn", "config"},
          {"onednn", "averaging"},
          {"onednn", "image"},
          {"table", "config"},
          {"table", "averaging"},
          {"table", "image"},
          {"config", "averaging"},
          {"config", "image"},
          {"averaging", "image"},
          {"weights", "onednn"},
          {"weights", "table"},
          {"weights", "config"},
          {"weights", "averaging"},
          {"weights", "image"}
        }) {
      doesNotKnow(pair[0], ROOT + "." + pair[1] + "..");
      doesNotKnow(pair[1], ROOT + "." + pair[0] + "..");
    }
  }

  @Test
  void packagesBelowTheJobHaveNoCycles() {
    slices().matching(ROOT + ".(*)..").should().beFreeOfCycles().check(CLASSES);
  }

  @Test
  void sparkStaysOutOfWhatDoesNotNeedIt() {
    for (String name :
        new String[] {"image", "config", "onednn", "weights", "network", "tracking"}) {
      doesNotKnow(name, SPARK);
    }
  }

  @Test
  void deeplearning4jStaysOutOfWhatDoesNotNeedIt() {
    for (String name : new String[] {"config", "table", "weights", "dataset", "report", "page"}) {
      doesNotKnow(name, DL4J);
    }
    doesNotKnow("tracking", "org.deeplearning4j..", "org.nd4j.linalg.."); // but its protobuf
    doesNotKnow("image", "org.deeplearning4j..", "org.nd4j.."); // but FFmpeg, from org.bytedeco
  }

  private static void doesNotKnow(String name, String... packages) {
    noClasses()
        .that()
        .resideInAPackage(ROOT + "." + name + "..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(packages)
        .check(CLASSES);
  }
}
